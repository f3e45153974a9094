"""Products of matrices, linear layers, embeddings."""

from __future__ import annotations

from functools import partial

import numpy

from cnncalc.importing.program import Argument, Ref
from cnncalc.runtime.importing.onnx.families.view_nodes import reshaped
from cnncalc.runtime.importing.onnx.node_call import NodeCall, number
from cnncalc.runtime.importing.onnx.program_writing import UnreadError, is_float


def _turned(call: NodeCall, ref: Ref, sizes: tuple[int, ...]) -> Ref:
    """A matrix with its two dimensions exchanged."""
    return call.step("t", sizes[::-1], self=ref)


def gemm(call: NodeCall) -> None:
    """A linear layer, or a product of two matrices and what is added to it."""
    if call["alpha"] not in (None, 1) or (call.has(2) and call["beta"] not in (None, 0, 1)):
        raise UnreadError("a factor within it")
    added = call.has(2) and call["beta"] != 0
    seen: Ref = call.ref()
    if call["transA"]:
        seen = _turned(call, seen, call.sizes())
    if not call.writing.fixed(call.inputs[1]):
        _of_two(call, seen, added)
        return
    weight = call.weight(1)
    assert weight is not None
    if not call["transB"]:
        weight = _turned(call, weight, call.sizes(1))
    units = call.made()[-1:]
    bias = call.weight(2) if added else None
    if bias is not None and call.sizes(2) != units:
        if call.sizes(2) != (1, *units):
            raise UnreadError("what is added is no number for each unit")
        bias = call.step("reshape", units, self=bias, shape=units)
    call.give("linear", input=seen, weight=weight, bias=bias)


def _of_two(call: NodeCall, one: Ref, added: bool) -> None:
    other = call.ref(1)
    if call["transB"]:
        other = _turned(call, other, call.sizes(1))
    if not added:
        call.give("matmul", self=one, other=other)
        return
    made = call.step("matmul", call.made(), self=one, other=other)
    call.give("add", self=made, other=call.operand(2), alpha=1)


def matmul(call: NodeCall) -> None:
    """A linear layer without a bias where the matrix is stored; else a product of two."""
    if call.writing.fixed(call.inputs[1]) and call.rank(1) == 2:
        weight = call.weight(1)
        assert weight is not None
        turned = _turned(call, weight, call.sizes(1))
        call.give("linear", input=call.ref(), weight=turned, bias=None)
        return
    call.give("matmul", self=call.ref(0), other=call.ref(1))


def gather(call: NodeCall) -> None:
    """A learned vector for each index; or some places along a dimension."""
    axis = call.axis(usual=0)
    if call.writing.fixed(call.inputs[0]) and not call.writing.fixed(call.inputs[1]):
        if axis or call.rank() != 2:
            raise UnreadError("indices into a stored tensor that is no table of vectors")
        call.give(
            "embedding",
            weight=call.weight(0),
            indices=call.ref(1),
            padding_idx=-1,
            scale_grad_by_freq=False,
            sparse=False,
        )
        return
    index = call.array(1)
    assert index is not None
    count = call.sizes()[axis]
    if index.size and not (-count <= index.min() and index.max() < count):
        raise UnreadError(f"it takes a place that a dimension of {count} has not")
    if index.ndim == 0:
        call.give("select", self=call.ref(), dim=axis, index=int(number(index)) % count)
        return
    places = [int(each) % count for each in index.flat]
    flat = (*call.sizes()[:axis], len(places), *call.sizes()[axis + 1 :])
    how = _taken(call, axis, places)
    if index.ndim == 1:
        call.give(how[0], **how[1])
    else:
        reshaped(call, call.step(how[0], flat, **how[1]))


def _taken(call: NodeCall, axis: int, places: list[int]) -> tuple[str, dict[str, Argument]]:
    """How these places are taken: a slice where they lie evenly."""
    step = places[1] - places[0] if len(places) > 1 else 1
    if step > 0 and places == list(range(places[0], places[-1] + 1, step)):
        ends: dict[str, Argument] = {"start": places[0], "end": places[-1] + 1, "step": step}
        return "slice", {"self": call.ref(), "dim": axis, **ends}
    return "index_select", {"self": call.ref(), "dim": axis, "index": call.ref(1)}


def _table(call: NodeCall) -> Ref:
    """What places are taken of: one that is stored is a table that is learned."""
    name = call.inputs[0]
    learned = name in call.writing.weights and is_float(call.writing.dtype(name))
    return (learned and call.weight(0)) or call.ref()


def gather_nd(call: NodeCall) -> None:
    """What stands at places that are given along each of the first dimensions."""
    places = call.array(1)
    if places is None or call["batch_dims"] or not 0 < places.shape[-1] <= call.rank():
        raise UnreadError("its places are not along the first dimensions")
    name, sizes = call.inputs[1], places.shape[:-1]
    indices = tuple(
        call.writing.derived(
            f"{name}.{axis}",
            "constant",
            sizes,
            partial(numpy.ascontiguousarray, places[..., axis]),
            "int64",
        )
        for axis in range(places.shape[-1])
    )
    call.give("index", self=_table(call), indices=indices)


OPERATORS = {"Gemm": gemm, "MatMul": matmul, "Gather": gather, "GatherND": gather_nd}
