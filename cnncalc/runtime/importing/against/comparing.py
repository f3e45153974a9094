"""A spec held against the model that it says: parameters, MACs, weights, shapes, outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from cnncalc.analysis import Summary, analyze
from cnncalc.importing.layouts import Layout
from cnncalc.layers.base import times
from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph
from cnncalc.runtime.importing.against.original import Original, tensors
from cnncalc.runtime.importing.against.pairing import Pairing, pairing
from cnncalc.runtime.lower import lower
from cnncalc.runtime.reading import first_line
from cnncalc.verification import Check, Deviation, Verification

CLOSE = 1e-5
"""How far an output may be off, as part of the largest number in it."""

NAMED = 3
"""Tensors that are named of many."""


def against(graph: Graph, model: Original, samples: Sequence[Tensor], name: str) -> Verification:
    """What of the spec is not as in the model. The lowered network runs with the model's own
    weights; a layer that is stated runs nowhere, so that the numbers alone are compared then."""
    summary = analyze(graph)
    checks = [_params(summary, model), _macs(summary, model)]
    if graph.stated:
        why = f"{counted(len(graph.stated), 'layer')} of stated numbers cannot run"
        checks += [Check(each, "", "", unconfirmed=(why,)) for each in ("weights", "outputs")]
    else:
        pairs = pairing(graph, model)
        checks += [_weights(graph, pairs), *_outputs(graph, model, pairs, samples)]
    return Verification(graph.path, f"{graph.name} against {name}", "cpu", tuple(checks))


def _params(summary: Summary, model: Original) -> Check:
    said, has = summary.totals.params.total, model.counts.params
    sketch = model.sketch
    unconfirmed: tuple[str, ...] = ()
    if sketch and said != has:
        from cnncalc.importing.checked import unused

        rest = unused(sketch)
        if rest:
            unconfirmed = (f"{sum(rest.values()):,} of the model, which inference never uses",)
            has -= sum(rest.values())
    findings = _unequal(summary, "params", f"{said:,}", f"{has:,}")
    return Check("params", "1 total", "numel of the model's own", findings, unconfirmed)


def _macs(summary: Summary, model: Original) -> Check:
    said, has = summary.totals.ops.macs, model.counts.macs
    if has is None:
        return Check("MACs", "", "", unconfirmed=("nothing counts those of the model",))
    findings = _unequal(summary, "MACs", f"{said:,}", f"{has:,}")
    return Check("MACs", "1 total", "the model's own count, of one sample", findings)


def _unequal(summary: Summary, what: str, said: str, has: str) -> tuple[Deviation, ...]:
    where = summary.graph.path
    return () if said == has else (Deviation("", where, f"{what}, in total", said, has),)


def _weights(graph: Graph, pairs: Pairing) -> Check:
    findings = tuple(
        Deviation(name, graph.path, "weight", "a tensor", "none of its shape")
        for name in pairs.without
    )
    unconfirmed = []
    if pairs.left:
        names = ", ".join(f"`{name}`" for name in pairs.left[:NAMED])
        more = f" and {len(pairs.left) - NAMED:,} more" if len(pairs.left) > NAMED else ""
        unconfirmed.append(f"no weight of the spec is {names}{more}")
    if pairs.apart:
        node = pairs.apart[0]
        more = f", and {len(pairs.apart) - 1:,} more" if len(pairs.apart) > 1 else ""
        where = f"`{node.path}` ({node.span.source.name}:{node.span.line}){more}"
        unconfirmed.append(f"the model's layers are others from {where} on: {node.layer}")
    if pairs.ambiguous:
        fact = f"{counted(pairs.ambiguous, 'weight')} could be another tensor of the same shape"
        unconfirmed.append(f"ambiguous: {fact}, and each is the next one in the model's order")
    compared = counted(len(pairs.state), "tensor")
    return Check("weights", compared, pairs.means, findings, tuple(unconfirmed))


def _outputs(
    graph: Graph, model: Original, pairs: Pairing, samples: Sequence[Tensor]
) -> Iterator[Check]:
    """Their shapes, and their numbers where all weights are there."""
    wanted = model.run(samples)
    heads = [node.shape for node in graph.heads.values()]
    layouts = [*model.sketch.laid.values()] if model.sketch and pairs.drafts else None
    shaped = [_as_laid(shape, layouts, number) for number, shape in enumerate(heads)]
    has = [tuple(each.shape[1:]) for each in wanted]
    findings = tuple(
        Deviation("", graph.path, f"output {number}", _said(shaped, number), _said(has, number))
        for number in range(max(len(shaped), len(has)))
        if _said(shaped, number) != _said(has, number)
    )
    yield Check("output shapes", counted(len(has), "output"), "the model, run", findings)
    if findings or pairs.without:
        why = "shapes differ" if findings else "some weights have no tensor"
        yield Check("outputs", "", "", unconfirmed=(why,))
        return
    yield _numbers(graph, model, pairs, samples, wanted, layouts)


def _numbers(
    graph: Graph,
    model: Original,
    pairs: Pairing,
    samples: Sequence[Tensor],
    wanted: Sequence[Tensor],
    layouts: Sequence[Layout] | None,
) -> Check:
    network = lower(graph).eval()
    state = {name: each.to(torch.float32) for name, each in pairs.state.items()}
    network.load_state_dict(state, strict=False)
    try:
        with torch.no_grad():
            found = [*tensors(network(*samples))]
    except RuntimeError as error:
        return Check("outputs", "", "", unconfirmed=(first_line(error),))
    turned = [_turned(each, layouts, number) for number, each in enumerate(found)]
    far = [_off(ours, theirs) for ours, theirs in zip(turned, wanted, strict=True)]
    findings = tuple(
        Deviation("", graph.path, f"output {number}", f"off by {off:.2g} of the largest", "0")
        for number, off in enumerate(far)
        if not off <= CLOSE
    )
    numbers = sum(each.numel() for each in wanted)
    means = (
        f"both run on {counted(len(samples[0]), 'random sample')}, off by {max(far):.1g} at most"
    )
    return Check("outputs", counted(numbers, "number"), means, findings)


def _off(ours: Tensor, theirs: Tensor) -> float:
    """How far apart they are at most, as part of the largest number of the model's."""
    ours, theirs = ours.double(), theirs.double()
    if not torch.equal(ours.isnan(), theirs.isnan()):
        return float("inf")
    apart = (ours - theirs).nan_to_num(0).abs().max()
    return float(apart / theirs.nan_to_num(0).abs().max().clamp(min=1e-30))


def _said(shapes: Sequence[tuple[int, ...]], number: int) -> str:
    return times(shapes[number]) or "a number" if number < len(shapes) else "none"


def _axes(layouts: Sequence[Layout] | None, number: int, rank: int) -> list[int]:
    """The axes of an output in the order in which the model has them."""
    if layouts is None or number >= len(layouts):
        return [*range(rank)]
    order = [next((atom.axis for atom in row), -1) for row in layouts[number][1:]]
    free = iter(sorted({*range(len(order))} - {*order}))
    return [next(free) if axis < 0 else axis for axis in order]


def _as_laid(
    shape: tuple[int, ...], layouts: Sequence[Layout] | None, number: int
) -> tuple[int, ...]:
    return tuple(shape[axis] for axis in _axes(layouts, number, len(shape)) if axis < len(shape))


def _turned(tensor: Tensor, layouts: Sequence[Layout] | None, number: int) -> Tensor:
    axes = _axes(layouts, number, tensor.dim() - 1)
    return tensor.permute(0, *(axis + 1 for axis in axes))
