"""Faults planted in a lowered network: verify sees each, and says where it is."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower
from cnncalc.runtime.verify import verify
from cnncalc.runtime.verify.exported import check_together
from cnncalc.verification import Check, Verification

pytestmark = pytest.mark.torch

TEXT = """\
name: Planted
input: 4x16x16
layers:
  - {name: first, conv: {filters: 8, kernel: 3, padding: half}}
  - {name: grouped, conv: {filters: 8, kernel: 3, padding: half, groups: 2}}
  - batch_norm
  - name: join
    concat:
      left: [{conv: {filters: 4, kernel: 1}}]
      right: [{conv: {filters: 4, kernel: 3, padding: half}}]
  - {name: same, conv: {filters: 8, kernel: 4, padding: same}}
  - {name: again, conv: {filters: 8, kernel: 4, padding: same}, share: same}
  - {name: still, conv: {filters: 8, kernel: 1}, freeze: true}
  - {name: pool, max_pool: {kernel: 3, stride: 2, padding: 1}}
  - {name: whole, add: {a: [{conv: {filters: 8, kernel: 1}}], b: [identity]}}
  - flatten
  - {name: head, linear: 10}
"""
LINE = {
    "first": 4,
    "grouped": 5,
    "join": 7,
    "join.left.conv": 9,
    "join.right.conv": 10,
    "same": 11,
    "again": 12,
    "still": 13,
    "pool": 14,
    "whole.a.conv": 15,
    "head": 17,
}


def graph_of(text: str = TEXT) -> Graph:
    diagnostics = Diagnostics()
    graph = read_source(Source("planted.yaml", text), Path("planted.yaml"), diagnostics)
    assert graph, list(diagnostics)
    return graph


Fault = Callable[[Any], None]


def conv_in_place(network: Any, name: str, **changed: Any) -> None:
    """Another convolution in its place."""
    *around, last = name.split(".")
    owner = network.get_submodule(".".join(around))
    old = getattr(owner, last)
    arguments = {
        "in_channels": old.in_channels,
        "out_channels": old.out_channels,
        "kernel_size": old.kernel_size,
        "stride": old.stride,
        "padding": old.padding,
        "groups": old.groups,
        "bias": old.bias is not None,
    }
    setattr(owner, last, nn.Conv2d(**{**arguments, **changed}))


def pool_in_place(network: Any, **arguments: int) -> None:
    network.pool = nn.MaxPool2d(**arguments)


def frozen(network: Any, name: str, trains: bool) -> None:
    network.get_submodule(name).requires_grad_(trains)


def unshared(network: Any) -> None:
    network.again = type(network.same)(8, 8, 4)


def rewritten(network: Any, old: str, new: str) -> None:
    """Another forward: the network's own source, with `new` for `old`."""
    text = textwrap.dedent(inspect.getsource(type(network).forward))
    assert text.count(old) == 1, text
    namespace = dict(type(network).forward.__globals__)
    namespace.pop("annotations", None)
    exec("from __future__ import annotations\n" + text.replace(old, new), namespace)
    network.forward = partial(namespace["forward"], network)


def planted(network: Any, name: str, module: nn.Module) -> None:
    setattr(network, name, module)


FAULTS: dict[str, tuple[Fault, str, str, str]] = {
    # what is planted: the check that must see it, the layer, what differs there
    "stride": (
        partial(conv_in_place, name="first", stride=2),
        "output shapes",
        "first",
        "output",
    ),
    "bias": (partial(conv_in_place, name="first", bias=False), "weights", "first.bias", "tensor"),
    "bias, counted": (
        partial(conv_in_place, name="first", bias=False),
        "params",
        "first",
        "trainable params",
    ),
    "groups": (
        partial(conv_in_place, name="grouped", groups=4),
        "weights",
        "grouped.weight",
        "tensor",
    ),
    "groups, counted": (
        partial(conv_in_place, name="grouped", groups=4),
        "MACs",
        "grouped",
        "MACs",
    ),
    "kernel": (
        partial(conv_in_place, name="join.right.conv", kernel_size=5, padding=2),
        "weights",
        "join.right.conv.weight",
        "tensor",
    ),
    "kernel, seen": (
        partial(conv_in_place, name="join.right.conv", kernel_size=5, padding=2),
        "receptive field",
        "join.right.conv",
        "field, axis 0, output 0",
    ),
    "pool's kernel, same size": (
        partial(pool_in_place, kernel_size=2, stride=2),
        "receptive field",
        "pool",
        "field, axis 0, output 0",
    ),
    "padding on the other side, same size": (
        partial(
            rewritten,
            old="self.same(F.pad(x, (1, 2, 1, 2)))",
            new="self.same(F.pad(x, (1, 2, 2, 1)))",
        ),
        "receptive field",
        "same",
        "field, axis 0, output 0",
    ),
    "padding along the other axis": (
        partial(
            rewritten,
            old="self.same(F.pad(x, (1, 2, 1, 2)))",
            new="self.same(F.pad(x, (2, 1, 1, 2)))",
        ),
        "receptive field",
        "same",
        "field, axis 1, output 0",
    ),
    "dilation": (
        lambda network: setattr(network.first, "dilation", (2, 2)),
        "output shapes",
        "first",
        "output",
    ),
    "join swapped": (
        partial(rewritten, old="self.join(x)", new="self.join(x)[:, [4, 5, 6, 7, 0, 1, 2, 3]]"),
        "connections",
        "same",
        "reads",
    ),
    "not shared": (unshared, "weights", "again.weight", "tensor"),
    "shared, though not meant to be": (
        lambda network: setattr(network.again, "bias", network.still.bias),
        "weights",
        "still.bias",
        "tensor",
    ),
    "not frozen": (
        partial(frozen, name="still", trains=True),
        "params",
        "still",
        "frozen params",
    ),
    "not frozen, by its gradient": (
        partial(frozen, name="still", trains=True),
        "gradients",
        "still.weight",
        "gradient",
    ),
    "frozen": (partial(frozen, name="head", trains=False), "gradients", "head.weight", "gradient"),
    "one buffer less": (
        partial(planted, name="batch_norm", module=nn.BatchNorm2d(8, track_running_stats=False)),
        "params",
        "batch_norm",
        "buffers",
    ),
    "left out": (
        partial(rewritten, old="x = self.batch_norm(x)", new="pass"),
        "connections",
        "batch_norm",
        "runs",
    ),
    "run twice": (
        partial(
            rewritten, old="x = self.batch_norm(x)", new="x = self.batch_norm(self.batch_norm(x))"
        ),
        "connections",
        "",
        "runs",
    ),
    "a sum more": (
        partial(rewritten, old="x = self.batch_norm(x)", new="x = self.batch_norm(x + x)"),
        "connections",
        "batch_norm",
        "reads",
    ),
    "work outside the layers": (
        partial(rewritten, old="x = self.batch_norm(x)", new="x = self.batch_norm(x); x @ x"),
        "MACs",
        "",
        "MACs, in total",
    ),
    "it fails": (
        partial(conv_in_place, name="still", in_channels=9),
        "connections",
        "",
        "forward",
    ),
}


unexported = pytest.mark.usefixtures("no_process")


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the process for the exported source: it takes seconds, and has tests of its own."""
    monkeypatch.setattr(
        "cnncalc.runtime.verify.check_exported", lambda *given: Check("exported source", "", "")
    )


@pytest.fixture(scope="module")
def graph() -> Graph:
    return graph_of()


def found(verification: Verification, name: str) -> set[tuple[str, str]]:
    (check,) = [check for check in verification.checks if check.name == name]
    return {(finding.layer, finding.what) for finding in check.findings}


def test_nothing_is_planted(graph: Graph) -> None:
    verification = verify(graph)
    assert verification.sound
    assert {check.verdict for check in verification.checks} == {"equal"}


@unexported
@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_seen(fault: str, graph: Graph) -> None:
    plant, check, layer, what = FAULTS[fault]
    network = lower(graph)
    plant(network)
    verification = verify(graph, network)
    assert (layer, what) in found(verification, check), verification
    for each in verification.checks:
        for finding in each.findings:
            path = finding.layer.removesuffix(".weight").removesuffix(".bias")
            if path in LINE:
                assert finding.place == f"planted.yaml:{LINE[path]}"


@unexported
def test_the_numbers_on_both_sides(graph: Graph) -> None:
    network = lower(graph)
    conv_in_place(network, "grouped", groups=4)
    checks = {check.name: check for check in verify(graph, network).checks}
    (macs, total) = checks["MACs"].findings
    assert macs.spec == f"{8 * 16 * 16 * 4 * 3 * 3:,}"
    assert macs.network == f"{8 * 16 * 16 * 2 * 3 * 3:,}"
    assert (total.layer, total.what) == ("", "MACs, in total")
    (weight,) = checks["weights"].findings
    assert (weight.spec, weight.network) == ("8x4x3x3", "8x2x3x3")


def test_the_source_does_not_take_what_it_does_not_know(graph: Graph) -> None:
    network = lower(graph)
    conv_in_place(network, "first", bias=False)
    exported = verify(graph, network).checks[-1]
    (finding,) = exported.findings
    assert finding.what == "the source, by itself"


def test_sources_that_share_a_process(graph: Graph) -> None:
    """One that fails leaves the others as they are."""
    strange = lower(graph)
    conv_in_place(strange, "first", bias=False)
    found = check_together([(graph, strange), (graph, lower(graph))], "cpu")
    assert [check.verdict for check in found] == ["differs", "equal"]


def test_the_source_computes_something_else(graph: Graph) -> None:
    network: Any = lower(graph)
    pool_in_place(network, kernel_size=2, stride=2)
    (finding,) = verify(graph, network).checks[-1].findings
    assert finding.spec == "the same bits"


@unexported
def test_joins_in_another_order() -> None:
    """Of branches of one shape, which no shape tells apart."""
    text = "\n".join(TEXT.splitlines()[:3]) + (
        "\n  - {name: join, concat: {a: [{conv: {filters: 4, kernel: 1}}], b: [identity]}}\n"
    )
    graph = graph_of(text)
    network = lower(graph)
    join: Any = network.get_submodule("join")
    rewritten(join, "torch.cat([a, x], dim=1)", "torch.cat([x, a], dim=1)")
    connections = verify(graph, network).checks[0]
    (finding,) = connections.findings
    assert (finding.spec, finding.network) == ("join.a.conv, input", "input, join.a.conv")
    assert finding.place == "planted.yaml:4"


@unexported
def test_a_join_of_another_kind() -> None:
    text = "\n".join(TEXT.splitlines()[:3]) + (
        "\n  - {name: join, add: {a: [{conv: {filters: 4, kernel: 1}}], b: [identity]}}\n"
    )
    graph = graph_of(text)
    network = lower(graph)
    rewritten(network.get_submodule("join"), "self.a(x) + x", "self.a(x) * x")
    (finding,) = verify(graph, network).checks[0].findings[:1]
    assert finding.network == "`mul` is called where `add` is meant"


@unexported
def test_batch_norm_is_not_changed_by_being_verified(graph: Graph) -> None:
    network = lower(graph)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    verify(graph, network)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


@unexported
def test_what_follows_from_a_fault_is_counted_not_listed(graph: Graph) -> None:
    network: Any = lower(graph)
    conv_in_place(network, "grouped", stride=2)
    checks = {check.name: check for check in verify(graph, network).checks}
    (finding,) = checks["output shapes"].findings
    assert (finding.layer, finding.spec, finding.network) == ("grouped", "8x16x16", "8x8x8")
    behind = len(graph.layers) - 3  # all but the first two, and the head, which does not run
    assert (
        checks["output shapes"].unconfirmed[-1] == f"{behind} layers that read what differs already"
    )
    assert [f.layer for f in checks["MACs"].findings] == ["grouped", ""]
    assert {f.layer for f in checks["receptive field"].findings} == {"grouped"}
