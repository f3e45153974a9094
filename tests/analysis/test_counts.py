"""Parameters, operations and totals."""

from math import prod

import pytest

from cnncalc.analysis import Summary, analyze, together
from cnncalc.analysis.params import Params
from cnncalc.layers.base import NO_OPS, Ops
from cnncalc.network.graph import Graph
from tests.analysis import drafts
from tests.analysis.specs import graph_of, network


def analysed(shape: str, *items: str) -> Summary:
    """The analysis of some layers."""
    return analyze(network(shape, *items))


# -- params -------------------------------------------------------------------------------------

CONV = "conv: {filters: 3, kernel: 5, padding: half}"
WEIGHTS, BIASES = 3 * (3 * 5 * 5), 3
NORM, RUNNING = 3 + 3, 3 + 3 + 1  # scale and shift; mean, variance and the batches so far
HEAD = f"{{name: head, {CONV}}}"
BLOCK = f"[{{{CONV}}}, batch_norm]"

PARAMS: list[tuple[str, list[str], Params]] = [
    # items, then trainable, frozen and buffers
    ("no weights", ["relu", "max_pool: 2"], Params()),
    ("weights and biases", [CONV], Params(WEIGHTS + BIASES)),
    ("weights alone", ["conv: {filters: 3, kernel: 5, bias: false}"], Params(WEIGHTS)),
    ("groups", ["conv: {filters: 6, kernel: 5, groups: 3}"], Params(6 * (1 * 5 * 5) + 6)),
    (
        "transposed groups",
        ["conv_transpose: {filters: 6, kernel: 2, groups: 3}"],
        Params(3 * (6 // 3 * 2 * 2) + 6),
    ),
    ("a vector", ["global_avg_pool", "linear: 10"], Params(3 * 10 + 10)),
    ("buffers apart", ["batch_norm"], Params(NORM, 0, RUNNING)),
    ("buffers alone", ["batch_norm: false"], Params(0, 0, RUNNING)),
    (
        "the length of each filter",
        ["conv: {filters: 3, kernel: 5, weight_norm: true}"],
        Params(WEIGHTS + BIASES + 3),
    ),
    ("frozen", [f"{{{CONV}, freeze: true}}"], Params(0, WEIGHTS + BIASES)),
    ("not frozen", [f"{{{CONV}, freeze: false}}"], Params(WEIGHTS + BIASES)),
    ("frozen buffers", ["{batch_norm: , freeze: true}"], Params(0, NORM, RUNNING)),
    (
        "a frozen group",
        [f"{{layers: {BLOCK}, freeze: true}}", CONV],
        Params(WEIGHTS + BIASES, WEIGHTS + BIASES + NORM, RUNNING),
    ),
    (
        "a frozen join",
        [f"{{concat: {{a: [{{{CONV}}}], b: [identity]}}, freeze: true}}", "batch_norm"],
        Params(6 + 6, WEIGHTS + BIASES, 6 + 6 + 1),
    ),
    ("repeated", [f"{{{CONV}, repeat: 4}}"], Params(4 * (WEIGHTS + BIASES))),
    ("shared", [HEAD, "share: head", "share: head"], Params(WEIGHTS + BIASES)),
    (
        "shared by a like layer",
        [HEAD, "{share: head, conv: {filters: 3, kernel: 5, dilation: 2, padding: half}}"],
        Params(WEIGHTS + BIASES),
    ),
    (
        "shared, buffers too",
        [f"{{name: part, layers: {BLOCK}}}", "share: part"],
        Params(WEIGHTS + BIASES + NORM, 0, RUNNING),
    ),
    (
        "repeats shared",
        [f"{{name: part, {CONV}, repeat: 2}}", "share: part"],
        Params(2 * (WEIGHTS + BIASES)),
    ),
    (
        "shared from a frozen layer",
        [f"{{name: head, {CONV}, freeze: true}}", "share: head"],
        Params(0, WEIGHTS + BIASES),
    ),
    (
        "a weight lent to a convolution back",
        [HEAD, "{share: head, conv_transpose: {filters: 3, kernel: 5}}"],
        Params(WEIGHTS + BIASES + 3),
    ),
    (
        "lent, and run again",
        [HEAD, "{name: back, share: head, conv_transpose: {filters: 3, kernel: 5}}", "share: back"],
        Params(WEIGHTS + BIASES + 3),
    ),
    (
        "lent by a frozen layer",
        [
            f"{{name: head, {CONV}, freeze: true}}",
            "{share: head, conv_transpose: {filters: 3, kernel: 5}}",
        ],
        Params(3, WEIGHTS + BIASES),
    ),
    (
        "shared from what is shared",
        [HEAD, "{name: again, share: head}", "share: again"],
        Params(WEIGHTS + BIASES),
    ),
]


@pytest.mark.parametrize(("items", "expected"), [r[1:] for r in PARAMS], ids=[r[0] for r in PARAMS])
def test_params(items: list[str], expected: Params) -> None:
    params = analysed("3x16x16", *items).totals.params
    assert params == expected
    assert params.total == expected.trainable + expected.frozen


TABLE = "{name: tokens, embedding: {vocabulary: 11, features: 8}}"
TIED = [
    # what uses the table, and what it has itself
    ("a head", "{share: tokens, linear: {units: 11, bias: false}}", 0),
    ("a head with biases", "{share: tokens, linear: 11}", 11),
]


@pytest.mark.parametrize(("head", "own"), [row[1:] for row in TIED], ids=[row[0] for row in TIED])
def test_a_tied_head(head: str, own: int) -> None:
    rows = analysed("1x6", TABLE, "{name: x, linear: 8}", head).rows
    assert [row.params.total for row in rows] == [11 * 8, 8 * 8 + 8, own]
    assert rows[-1].ops.macs == 6 * 11 * 8


def test_an_autoencoder_of_one_weight() -> None:
    """Hinton & Salakhutdinov 2006: what decodes has the weight of what encodes, transposed."""
    back = "{share: encode, linear: {units: 784, transposed: true}}"
    rows = analysed("784", "{name: encode, linear: 30}", "sigmoid", back).rows
    assert [row.params.total for row in rows] == [784 * 30 + 30, 0, 784]


def test_shared_params_stand_first() -> None:
    rows = analysed("3x16x16", "relu", HEAD, "share: head").rows
    assert [row.params.total for row in rows] == [0, WEIGHTS + BIASES, 0]


# -- operations ---------------------------------------------------------------------------------

MAP = 3 * 8 * 8

OPERATIONS: list[tuple[str, list[str], Ops]] = [
    (
        "convolution",
        ["conv: {filters: 4, kernel: 3}"],
        Ops(macs=4 * 6 * 6 * 3 * 3 * 3, additions=4 * 6 * 6),
    ),
    (
        "without biases",
        ["conv: {filters: 4, kernel: 3, bias: false}"],
        Ops(macs=4 * 6 * 6 * 3 * 3 * 3),
    ),
    (
        "transposed",
        ["conv_transpose: {filters: 6, kernel: 3, stride: 2, groups: 3, bias: false}"],
        Ops(macs=MAP * 6 // 3 * 3 * 3),
    ),
    ("largest values", ["max_pool: 2"], Ops(comparisons=3 * 4 * 4 * (2 * 2 - 1))),
    (
        "means",
        ["avg_pool: 2"],
        Ops(additions=3 * 4 * 4 * (2 * 2 - 1), divisions=3 * 4 * 4),
    ),
    ("comparisons", ["relu"], Ops(comparisons=MAP)),
    ("a sum", ["add: [[identity], [identity], [identity]]"], Ops(additions=2 * MAP)),
    ("nothing", ["identity", "crop: 1", "upsample: 2", "flatten"], NO_OPS),
    (
        "sort by sort",
        ["relu", "max_pool: 2", "flatten", "linear: 5"],
        Ops(macs=3 * 4 * 4 * 5, additions=5, comparisons=MAP + 3 * 4 * 4 * 3),
    ),
    (
        "shared weights work twice",
        ["{name: a, conv: {filters: 3, kernel: 1, bias: false}}", "share: a"],
        Ops(macs=2 * MAP * 3),
    ),
    (
        "frozen weights work",
        ["{conv: {filters: 3, kernel: 1, bias: false}, freeze: true}"],
        Ops(macs=MAP * 3),
    ),
]


@pytest.mark.parametrize(
    ("items", "expected"), [row[1:] for row in OPERATIONS], ids=[row[0] for row in OPERATIONS]
)
def test_operations(items: list[str], expected: Ops) -> None:
    ops = analysed("3x8x8", *items).totals.ops
    assert ops == expected
    assert ops.flops == 2 * ops.macs + sum(ops[1:])


# -- totals -------------------------------------------------------------------------------------

NETWORKS: list[Graph] = [
    network("3x16x16", HEAD, "{batch_norm: , freeze: true}", "share: head", "relu", "max_pool: 2"),
    network("3x16x16", f"add: {{a: {BLOCK}, b: [identity]}}", "global_avg_pool", "linear: 10"),
    *(graph_of(drafts.spec(seed, rank)) for rank in (1, 2, 3) for seed in range(5)),
]

networks = pytest.mark.parametrize("graph", NETWORKS, ids=lambda g: f"{len(g.layers)} layers")


@networks
def test_rows_are_the_layers(graph: Graph) -> None:
    rows = analyze(graph).rows
    assert tuple(row.node for row in rows) == graph.layers
    assert [row.activations for row in rows] == [prod(node.shape) for node in graph.layers]
    assert {row.layers for row in rows} == {1}


@networks
def test_totals_are_the_sums_of_the_rows(graph: Graph) -> None:
    rows, totals = analyze(graph).rows, analyze(graph).totals
    assert totals.layers == len(graph.layers)
    assert totals.activations == sum(row.activations for row in rows)
    for name in Params._fields:
        assert getattr(totals.params, name) == sum(getattr(row.params, name) for row in rows)
    for name in Ops._fields:
        assert getattr(totals.ops, name) == sum(getattr(row.ops, name) for row in rows)
    assert totals.ops.flops == sum(row.ops.flops for row in rows)


@networks
@pytest.mark.parametrize("batch", [1, 2, 32])
def test_a_batch_repeats_what_runs(graph: Graph, batch: int) -> None:
    one, many = analyze(graph), analyze(graph, batch)
    assert many.batch == batch
    for single, multiple in zip(one.rows, many.rows, strict=True):
        assert multiple.ops == single.ops.scaled(batch)
        assert multiple.activations == batch * single.activations
        assert (multiple.params, multiple.receptive) == (single.params, single.receptive)
    assert many.totals.ops == one.totals.ops.scaled(batch)
    assert many.totals.activations == batch * one.totals.activations
    assert many.totals.params == one.totals.params


@networks
def test_parts_add_up_at_any_grouping(graph: Graph) -> None:
    rows = analyze(graph).rows
    whole = together(rows)
    assert (whole.node, whole.receptive) == (rows[-1].node, rows[-1].receptive)
    for size in range(1, len(rows) + 1):
        parts = [together(rows[first : first + size]) for first in range(0, len(rows), size)]
        assert together(tuple(parts)) == whole


def test_groups_of_a_spec_add_up() -> None:
    graph = graph_of(
        """
        input: 3x16x16
        blocks:
          unit:
            args: {filters: }
            layers:
              - conv: {filters: filters, kernel: 3, padding: half}
              - batch_norm
        layers:
          - {name: stem, unit: 4}
          - {name: stage, unit: 8, repeat: 3}
          - {name: head, layers: [global_avg_pool, {linear: 10}]}
        """
    )
    rows = analyze(graph).rows
    groups = [graph.groups[name] for name in ("stem", "stage", "head")]
    parts = {group.path: together(rows[group.first : group.last]) for group in groups}
    assert together(tuple(parts.values())) == together(rows)
    assert parts["stem"].params == Params(4 * (3 * 3 * 3) + 4 + 2 * 4, 0, 2 * 4 + 1)
    assert parts["stage"].layers == 3 * 2
    assert parts["head"].params == Params(8 * 10 + 10)


def test_a_network_of_no_layers() -> None:
    totals = analysed("3x8x8", "{relu: , when: in_channels > 3}").totals
    assert totals == (0, Params(), NO_OPS, 0, None, 0)
