"""Every analytic number of a network against the lowered network."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn

from cnncalc.analysis import Summary, analyze
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.verify.exported import check_exported
from cnncalc.runtime.verify.field import check_field, no_field
from cnncalc.runtime.verify.gradients import check_gradients
from cnncalc.runtime.verify.macs import check_macs
from cnncalc.runtime.verify.matching import matched, modules
from cnncalc.runtime.verify.shapes import check_shapes
from cnncalc.runtime.verify.structure import check_structure
from cnncalc.runtime.verify.threads import one_thread
from cnncalc.runtime.verify.trace import traced
from cnncalc.runtime.verify.weights import check_params, check_weights
from cnncalc.verification import Check, Verification

LARGEST = {"params": 50_000_000, "activations": 50_000_000, "macs": 5_000_000_000}
"""A network with more of one of these runs on the meta device, unless told otherwise."""


def verify(
    graph: Graph, network: nn.Module | None = None, device: str | None = None, field: bool = True
) -> Verification:
    """Compare all that the analysis says of `graph` with `network`: the lowered one, unless given.

    device: where the lowered network runs; by itself, `cpu`, or `meta` where it is large. One that
        is given runs where it is, as a copy: it stays as it was
    field: whether receptive fields are compared
    """
    summary = analyze(graph)
    if network is None:
        chosen = device or suitable(summary)
        made = lower(graph, device=chosen)
    else:
        made = deepcopy(network)
        chosen = next((str(p.device) for p in made.parameters()), device or "cpu")
    checks = [
        *on_meta(summary, made.eval(), field),
        check_weights(graph, made),
        check_params(summary, made),
        check_gradients(graph, made, chosen),
        check_exported(graph, made, chosen),
    ]
    return Verification(graph.path, graph.name, chosen, tuple(checks))


def gpus() -> int:
    """How many CUDA devices PyTorch finds."""
    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def suitable(summary: Summary) -> str:
    """`cpu`; `meta` for what would take long there, or much memory."""
    totals = summary.totals
    sizes = {
        "params": totals.params.total,
        "activations": totals.activations,
        "macs": totals.ops.macs,
    }
    return "meta" if any(sizes[name] > most for name, most in LARGEST.items()) else "cpu"


def on_meta(summary: Summary, network: nn.Module, field: bool) -> list[Check]:
    """The checks that need no arithmetic: one pass serves them all."""
    graph = summary.graph
    copy = deepcopy(network).to("meta")
    places = modules(graph, copy)
    trace = traced(copy, samples(graph, 1, "meta"), list(places.values()))
    match = matched(graph, trace, places)
    with one_thread():
        fields = check_field(summary, trace, match) if field else no_field()
    return [
        check_structure(graph, trace, match),
        check_shapes(trace, match),
        check_macs(summary, trace, match),
        fields,
    ]
