"""Recurrent layers: their gates in PyTorch's order, their outputs in ONNX's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy

from cnncalc.importing.program import Argument, Operation, PassedTensor, Ref, Sizes
from cnncalc.runtime.importing.onnx.file_tensors import Array
from cnncalc.runtime.importing.onnx.node_call import NodeCall
from cnncalc.runtime.importing.onnx.program_writing import UnreadError

GATES = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""PyTorch's gates by their places in ONNX: of `LSTM` input, output, forget, cell there."""

USUAL = {
    "LSTM": ("Sigmoid", "Tanh", "Tanh"),
    "GRU": ("Sigmoid", "Tanh"),
    "RNN": ("Tanh",),
}


def recurrent(call: NodeCall) -> None:
    """One layer, in one direction or both, from the states that are given or zeros."""
    _check(call)
    steps, batch, features = call.sizes()
    units = int(call["hidden_size"] or call.sizes(2)[2])
    ways = 2 if call["direction"] == "bidirectional" else 1
    states = [_state(call, place, (ways, batch, units)) for place in (5, 6)]
    kind = call.operator.lower()
    operator = kind if kind != "rnn" else f"rnn_{_activations(call)[0].lower()}"
    raw = PassedTensor(f"{call.outputs[0] or call.outputs[1]}~all", (steps, batch, ways * units))
    arguments: dict[str, Argument] = {
        "input": call.ref(),
        "hx": tuple(states) if kind == "lstm" else states[0],
        "params": tuple(_weights(call, ways, units, features)),
        "has_biases": call.has(3),
        "num_layers": 1,
        "dropout": 0.0,
        "train": False,
        "bidirectional": ways == 2,
        "batch_first": False,
    }
    count = 2 if kind == "lstm" else 1
    finals = tuple(
        PassedTensor(_name(call, place), (ways, batch, units)) for place in range(1, count + 1)
    )
    call.writing.operations.append(Operation(operator, arguments, (raw, *finals), call.site))
    if call.outputs[0]:
        _give_all(call, raw, (steps, batch, ways, units))


def _name(call: NodeCall, place: int) -> str:
    given = call.outputs[place] if len(call.outputs) > place else ""
    return given or f"{call.outputs[0]}~final{place}"


def _give_all(call: NodeCall, raw: PassedTensor, apart: Sizes) -> None:
    """The outputs of all steps, the directions before the samples."""
    steps, batch, ways, units = apart
    split = call.step("reshape", apart, self=Ref(raw.name), shape=apart)
    made = (PassedTensor(call.outputs[0], (steps, ways, batch, units)),)
    arguments = {"self": split, "dims": (0, 2, 1, 3)}
    call.writing.operations.append(Operation("permute", arguments, made, call.site))


def _activations(call: NodeCall) -> Sequence[str]:
    given = call["activations"]
    return [each.decode() for each in given] if given else USUAL[call.operator]


def _check(call: NodeCall) -> None:
    """Raises UnreadError for what PyTorch's layers do not do."""
    usual = list(USUAL[call.operator]) * 2
    given = list(_activations(call))
    relu = call.operator == "RNN" and set(given) == {"Relu"}
    if given != usual[: len(given)] and not relu:
        raise UnreadError(f"its activations are {', '.join(given)}")
    if call["direction"] == "reverse":
        raise UnreadError("it runs backwards alone")
    if call["clip"] or call["input_forget"] or call["layout"] or call.has(7):
        raise UnreadError("it clips, couples its gates, looks at its cells, or has samples first")
    if call.operator == "GRU" and not call["linear_before_reset"]:
        raise UnreadError("it resets its state before a product, PyTorch behind it")
    lengths = call.array(4)
    if lengths is not None and (lengths != call.sizes()[0]).any():
        raise UnreadError("its sequences are of different lengths")


def _state(call: NodeCall, place: int, sizes: Sizes) -> Ref:
    """From which it begins."""
    if call.has(place):
        return call.ref(place)
    name = f"zeros~{'x'.join(map(str, sizes))}"
    zeros = partial(numpy.zeros, sizes, numpy.float32)
    return call.writing.derived(name, "constant", sizes, zeros, "float32")


def _weights(call: NodeCall, ways: int, units: int, features: int) -> list[Ref]:
    """Those of each direction in PyTorch's order: of inputs, of states, the biases of both."""
    rows = len(GATES[call.operator]) * units
    found = []
    for way in range(ways):
        found.append(_part(call, 1, way, "input", 0, (rows, features)))
        found.append(_part(call, 2, way, "state", 0, (rows, units)))
        if call.has(3):
            found.append(_part(call, 3, way, "input", 0, (rows,)))
            found.append(_part(call, 3, way, "state", rows, (rows,)))
    return found


def _part(call: NodeCall, place: int, way: int, which: str, start: int, sizes: Sizes) -> Ref:
    """A weight of one direction, from a row on, its gates in PyTorch's order: the tensor of the
    model of which an exporter made it, where it is one."""
    source, writing = call.inputs[place], call.writing
    if writing.fixed(source):
        values = partial(_ordered, call, source, way, start, sizes)
    elif source in writing.computed:
        found = _ordered(call, source, way, start, sizes)
        for name in writing.sources(source):
            whole = writing.whole(name)
            if whole is not None and numpy.array_equal(whole, found):
                return writing.stored_as(name, "parameter")
        values = partial(numpy.asarray, found)
    else:
        raise UnreadError("its weights are computed")
    name = f"{source}.{way}.{which}"
    return writing.derived(name, "parameter", sizes, values, writing.dtype(source))


def _ordered(call: NodeCall, source: str, way: int, start: int, sizes: Sizes) -> Array:
    whole = call.writing.whole(source)
    assert whole is not None
    gates = GATES[call.operator]
    part = whole[way][start : start + sizes[0]].reshape(len(gates), -1, *sizes[1:])
    return numpy.asarray(part[list(gates)].reshape(sizes))


OPERATORS = dict.fromkeys(("LSTM", "GRU", "RNN"), recurrent)
