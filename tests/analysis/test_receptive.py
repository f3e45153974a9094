"""Receptive fields that can be worked out by hand."""

from pathlib import Path

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.receptive import (
    AxisField,
    Interval,
    Receptive,
    channel_fields,
    receptive_fields,
)
from cnncalc.language.load import load
from cnncalc.layers.base import LONGEST_CYCLE
from tests.analysis.specs import graph_of, network

SPECS = Path(__file__).parents[2] / "specs"


def seen(shape: str, *items: str) -> Receptive:
    """What the last of some layers sees."""
    graph = network(shape, *items)
    return receptive_fields(graph)[graph.output]


def along(shape: str, *items: str) -> AxisField:
    """What the last of some layers sees along the first axis."""
    axes = seen(shape, *items).axes
    assert axes
    return axes[0]


def sizes(receptive: Receptive) -> tuple[int, ...] | None:
    """The size of a field along each axis."""
    return tuple(field.size for field in receptive.axes) if receptive.axes else None


# -- chains of windows --------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("layers", [1, 2, 3, 6])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_equal_layers(layers: int, kernel: int, padding: str) -> None:
    conv = f"{{conv: {{filters: 1, kernel: {kernel}, padding: {padding}}}, repeat: {layers}}}"
    field = along("1x64", conv)
    assert (field.size, field.stride) == (1 + layers * (kernel - 1), 1)


THREE, FIVE, SEVEN = (f"conv: {{filters: 1, kernel: {size}, padding: half}}" for size in (3, 5, 7))
DOWN = "conv: {filters: 1, kernel: 3, stride: 2, padding: half}"
HALVED = "max_pool: 2"
LINEAR = "upsample: {scale: 2, mode: linear}"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([THREE, THREE], [FIVE]),
        ([THREE, THREE, THREE], [SEVEN]),
        ([FIVE, THREE], [SEVEN]),
        ([THREE], ["conv: {filters: 1, kernel: 2}", "conv: {filters: 1, kernel: 2, padding: 1}"]),
        ([THREE], ["max_pool: {kernel: 3, stride: 1, padding: 1}"]),
        (
            ["conv: {filters: 1, kernel: 3, dilation: 2, padding: half}"],
            ["conv: {filters: 1, kernel: 5, padding: 2}"],
        ),
        (["pad: 1", "conv: {filters: 1, kernel: 3}"], [THREE]),
        ([FIVE, "crop: 2"], ["conv: {filters: 1, kernel: 5}"]),
        ([THREE, "relu", "batch_norm", "dropout: 0.5"], [THREE]),
        (["upsample: 2", "avg_pool: 2"], ["identity"]),
        (["conv_transpose: {filters: 1, kernel: 3, padding: 1}"], [THREE]),
    ],
    ids=[
        "two 3 are one 5",
        "three 3 are one 7",
        "5 and 3 are 7",
        "two 2 are one 3",
        "a pool is as a convolution",
        "dilation spreads the taps",
        "padding apart",
        "cropping what was padded",
        "pointwise layers keep it",
        "up and down again",
        "transposed with stride 1",
    ],
)
def test_same_field(left: list[str], right: list[str]) -> None:
    assert seen("1x32x32", *left).axes == seen("1x32x32", *right).axes


RECURRENCE: list[tuple[str, int, int, int]] = [
    # item, then r, a and b: output i sees r*i + a to r*i + b
    ("conv: {filters: 1, kernel: 7, stride: 2, padding: 3}", 1 * 2, 0 - 1 * 3, 0 + 1 * (6 - 3)),
    ("max_pool: {kernel: 3, stride: 2, padding: 1}", 2 * 2, -3 - 2 * 1, 3 + 2 * (2 - 1)),
    ("relu", 4, -5, 5),
    ("conv: {filters: 1, kernel: 3, dilation: 2}", 4 * 1, -5 - 4 * 0, 5 + 4 * (2 * 2 - 0)),
    ("pad: [[2, 5]]", 4, -5 - 4 * 2, 21 - 4 * 2),
    ("avg_pool: 2", 4 * 2, -13 - 4 * 0, 13 + 4 * (1 - 0)),
    ("crop: [[1, 0]]", 8, -13 + 8 * 1, 17 + 8 * 1),
    ("conv: {filters: 1, kernel: 1, stride: 3}", 8 * 3, -5, 25),
]


def test_recurrence() -> None:
    graph = network("1x224", *(row[0] for row in RECURRENCE))
    fields = receptive_fields(graph)
    for node, (item, *expected) in zip(graph.layers, RECURRENCE, strict=True):
        axes = fields[node].axes
        assert axes
        r, a, b = expected
        assert axes[0] == AxisField(1, r, ((a, b),)), item
        assert (axes[0].stride, axes[0].offset, axes[0].size) == (r, a, b - a + 1), item
        assert axes[0].sees(5) == (r * 5 + a, r * 5 + b), item


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "before"),
    [
        (8, 2, 1, (7 * 1 + 2 - 8) // 2),
        (8, 3, 2, (3 * 2 + 3 - 8) // 2),
        (7, 3, 2, (3 * 2 + 3 - 7) // 2),
        (9, 4, 1, (8 * 1 + 4 - 9) // 2),
        (8, 1, 2, 0),
    ],
)
def test_same_pads_the_odd_pixel_after(size: int, kernel: int, stride: int, before: int) -> None:
    for kind in ("conv: {filters: 1, ", "max_pool: {", "avg_pool: {"):
        item = f"{kind}kernel: {kernel}, stride: {stride}, padding: same}}"
        assert along(f"1x{size}", item).phases == ((-before, kernel - 1 - before),)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["conv: {filters: 1, kernel: 1x7}"], (1, 7)),
        (["conv: {filters: 1, kernel: 1x7}", "conv: {filters: 1, kernel: 7x1}"], (7, 7)),
        (["max_pool: {kernel: 2x1}", "conv: {filters: 1, kernel: 3}"], (2 + 2 * 2, 1 + 1 * 2)),
        (["conv: {filters: 1, kernel: 3, dilation: 1x4}"], (1 + 1 * 2, 1 + 4 * 2)),
        (["conv: {filters: 1, kernel: 3, stride: 3x1}", "avg_pool: 2"], (3 + 3 * 1, 3 + 1 * 1)),
    ],
)
def test_axes_by_themselves(items: list[str], expected: tuple[int, ...]) -> None:
    assert sizes(seen("1x40x40", *items)) == expected


def test_three_axes() -> None:
    clip = seen(
        "1x9x16x16", "conv: {filters: 1, kernel: [3, 5, 7], stride: [1, 2, 2]}", "max_pool: 2"
    )
    assert sizes(clip) == (3 + 1 * 1, 5 + 2 * 1, 7 + 2 * 1)


def test_an_input_sees_itself() -> None:
    graph = network("3x8x8", "relu")
    assert receptive_fields(graph)[graph.inputs["input"]] == Receptive(
        (AxisField(1, 1, ((0, 0),)),) * 2
    )


# -- phases -------------------------------------------------------------------------------------

Phases = tuple[Interval | None, ...]

TRANSPOSED: list[tuple[str, Phases]] = [
    # output o meets input i through tap k where o + P = i*S + k*D
    ("kernel: 3", ((-2, 0),)),
    ("kernel: 3, padding: 1", ((-1, 1),)),
    ("kernel: 2, stride: 2", ((0, 0), (0, 0))),
    ("kernel: 3, stride: 2", ((-1, 0), (0, 0))),
    ("kernel: 3, stride: 2, padding: 1, output_padding: 1", ((0, 0), (0, 1))),
    ("kernel: 4, stride: 2, padding: 1", ((-1, 0), (0, 1))),
    ("kernel: 5, stride: 2", ((-2, 0), (-1, 0))),
    ("kernel: 1, stride: 2", ((0, 0), None)),
    ("kernel: 2, stride: 3", ((0, 0), (0, 0), None)),
    ("kernel: 4, stride: 3", ((-1, 0), (0, 0), (0, 0))),
    ("kernel: 2, stride: 2, dilation: 2", ((-1, 0), None)),
    ("kernel: 2, stride: 2, dilation: 3", ((0, 0), (-1, -1))),
]


@pytest.mark.parametrize(("fields", "phases"), TRANSPOSED, ids=[row[0] for row in TRANSPOSED])
def test_transposed(fields: str, phases: Phases) -> None:
    field = along("1x8", f"conv_transpose: {{filters: 1, {fields}}}")
    assert field == AxisField(len(phases), 1, phases)
    assert field.stride == 1 / len(phases)
    assert field.size == max(b - a + 1 for a, b in filter(None, phases))


UPSAMPLED: list[tuple[str, Phases]] = [
    ("{scale: 1}", ((0, 0),)),
    ("{scale: 2}", ((0, 0),) * 2),
    ("{scale: 3}", ((0, 0),) * 3),
    ("{scale: 2, mode: linear}", ((-1, 0), (0, 1))),
    ("{scale: 3, mode: linear}", ((-1, 0), (0, 0), (0, 1))),
    ("{scale: 4, mode: linear}", ((-1, 0), (-1, 0), (0, 1), (0, 1))),
    ("{scale: 2, mode: cubic}", ((-2, 1), (-1, 2))),
    ("{scale: 3, mode: cubic}", ((-2, 1), (0, 0), (-1, 2))),
]


@pytest.mark.parametrize(("fields", "phases"), UPSAMPLED, ids=[row[0] for row in UPSAMPLED])
def test_upsampled(fields: str, phases: Phases) -> None:
    assert along("1x8x8", f"upsample: {fields}") == AxisField(len(phases), 1, phases)


BEHIND: list[tuple[str, list[str], AxisField]] = [
    ("a window over repeated pixels", ["upsample: 2", THREE], AxisField(2, 1, ((-1, 0), (0, 1)))),
    (
        "over mixed pixels",
        [LINEAR, THREE],
        AxisField(2, 1, ((-1, 1), (-1, 1))),
    ),
    ("down and up", [HALVED, "upsample: 2"], AxisField(2, 2, ((0, 1), (0, 1)))),
    ("down by 2, up by 3", [HALVED, "upsample: 3"], AxisField(3, 2, ((0, 1),) * 3)),
    ("up by 3, down by 2", ["upsample: 3", HALVED], AxisField(3, 2, ((0, 0), (0, 1), (1, 1)))),
    ("up by 3, down by 3", ["upsample: 3", "max_pool: 3"], AxisField(1, 1, ((0, 0),))),
    ("up twice", ["upsample: 2", "upsample: 2"], AxisField(4, 1, ((0, 0),) * 4)),
    (
        "only outputs that see nothing are read",
        [
            "conv_transpose: {filters: 1, kernel: 1, stride: 2}",
            "crop: [[1, 0], [0, 0]]",
            "conv: {filters: 1, kernel: 1, stride: 2x1}",
        ],
        AxisField(1, 1, (None,)),
    ),
    (
        "windows over all of 12, 8 of them",
        ["adaptive_avg_pool: 8"],
        AxisField(2, 3, ((0, 1), (1, 2))),
    ),
    ("channels to pixels", ["pixel_shuffle: 2"], AxisField(2, 1, ((0, 0), (0, 0)))),
]


@pytest.mark.parametrize(
    ("items", "field"), [row[1:] for row in BEHIND], ids=[r[0] for r in BEHIND]
)
def test_behind_phases(items: list[str], field: AxisField) -> None:
    assert along("4x12x12", *items) == field


def test_what_sees_nothing_along_one_axis_sees_nothing() -> None:
    blind = seen(
        "1x8x8",
        "conv_transpose: {filters: 1, kernel: 1x2, stride: 2x2}",
        "crop: [[1, 0], [0, 0]]",
        "conv: {filters: 1, kernel: 1x3, stride: 2x1}",
    )
    assert blind.axes == (AxisField(1, 1, (None,)), AxisField(2, 1, (None, None)))
    assert sizes(blind) == (0, 0)
    assert [field.offset for field in blind.axes] == [None, None]


def test_stride_is_whole_where_it_can_be() -> None:
    assert [along("1x12", HALVED, f"upsample: {up}").stride for up in (1, 2, 3, 4)] == [
        2,
        1,
        2 / 3,
        0.5,
    ]
    assert isinstance(along("1x12", HALVED, "upsample: 2").stride, int)


# -- joins --------------------------------------------------------------------------------------

JOINED: list[tuple[str, str, str, int, float]] = [
    # branches, then the size of their union and how far apart in the input they are centred
    ("identity", f"[{{{THREE}}}]", "[identity]", 3, 0),
    ("odd kernels", f"[{{{THREE}}}]", f"[{{{SEVEN}}}]", 7, 0),
    ("an even kernel", "[{conv: {filters: 1, kernel: 2, padding: same}}]", "[identity]", 2, 1 / 2),
    ("kernel 4", "[{avg_pool: {kernel: 4, stride: 1, padding: same}}]", "[identity]", 4, 1 / 2),
    (
        "two even kernels",
        "[{conv: {filters: 1, kernel: 2, padding: same}, repeat: 2}]",
        "[identity]",
        3,
        2 * 1 / 2,
    ),
    ("centre crop", "[{conv: {filters: 1, kernel: 3}}]", "[{crop: 1}]", 3, 0),
    ("crop behind", "[{conv: {filters: 1, kernel: 3}}]", "[{crop: [[0, 2]]}]", 3, 1),
    ("apart", "[{crop: [[4, 0]]}]", "[{crop: [[0, 4]]}]", 5, 4),
    ("strided", f"[{{{HALVED}}}]", f"[{{{DOWN}}}]", 3, 1 / 2),
    ("apart after a stride", f"[{{{DOWN}}}, {{pad: [[1, 0]]}}]", f"[{{{DOWN}}}, {{pad: [[0, 1]]}}]",
     3 + 2, 2 * 1),
    ("up again", f"[{{{HALVED}}}, {{upsample: 2}}]", "[identity]", 2, 1 / 2),
    ("mixed up", f"[{{{HALVED}}}, {{{LINEAR}}}]", "[identity]", 4, 1 / 2),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["add", "concat", "multiply", "maximum", "average", "subtract"])
@pytest.mark.parametrize(
    ("left", "right", "size", "apart"), [row[1:] for row in JOINED], ids=[row[0] for row in JOINED]
)
def test_joined(kind: str, left: str, right: str, size: int, apart: float) -> None:
    for branches in (f"left: {left}, right: {right}", f"right: {right}, left: {left}"):
        joined = seen("1x16", f"{kind}: {{{branches}}}")
        assert (sizes(joined), joined.misaligned) == ((size,), apart)


@pytest.mark.parametrize(
    ("matrix", "features"),
    [
        ("[{conv: {filters: 3, kernel: 7}}]", 4),
        ("[{adaptive_avg_pool: 4}]", 4),
        ("[{crop: [[3, 3]]}]", 4),
        (f"[{{{SEVEN}}}]", 10),
        ("[{conv: {filters: 1, kernel: 2, padding: same}}]", 10),
    ],
)
def test_a_product_of_matrices(matrix: str, features: int) -> None:
    """Each step sees its own of the second, and all of the first, the matrix."""
    points = f"[{{conv: {{filters: {features}, kernel: 3, padding: half}}}}]"
    joined = seen("2x10", f"matmul: {{matrix: {matrix}, points: {points}}}")
    assert (sizes(joined), joined.everything, joined.misaligned) == ((3,), True, 0)


def test_the_most_of_all_axes_and_branches_is_misaligned() -> None:
    crops = ("[[0, 3], [0, 3]]", "[[1, 2], [3, 0]]", "[[2, 1], [1, 2]]")
    branches = ", ".join(f"[{{crop: {crop}}}]" for crop in crops)
    joined = seen("1x16x16", f"concat: [{branches}]")
    assert joined.misaligned == 3
    assert sizes(joined) == (1 + 2, 1 + 3)


def test_only_the_join_is_misaligned() -> None:
    even = "{conv: {filters: 1, kernel: 2, padding: same}}"
    graph = network("1x16", f"add: {{a: [{even}], b: [identity]}}", "relu", HALVED, "identity")
    fields = receptive_fields(graph)
    assert {
        node.kind: fields[node].misaligned for node in graph.layers if fields[node].misaligned
    } == {"add": 0.5}


def test_phases_of_branches() -> None:
    """Windows by 2 and by 3 fall in step again after 6."""
    by_two, by_three = (f"[{{max_pool: {by}}}, {{upsample: {by}}}]" for by in (2, 3))
    field = along("1x12", f"concat: {{two: {by_two}, three: {by_three}}}")
    assert field == AxisField(6, 6, ((0, 2), (0, 2), (0, 3), (2, 5), (3, 5), (3, 5)))


def test_a_residual_network() -> None:
    block = (
        f"{{add: {{residual: [{{{THREE}}}, relu, {{{THREE}}}], shortcut: [identity]}}, repeat: 3}}"
    )
    field = seen("1x32x32", block)
    assert (sizes(field), field.misaligned) == ((1 + 3 * 2 * 2,) * 2, 0)


def test_several_inputs() -> None:
    graph = graph_of(
        """
        input: {left: 1x16, right: 1x16}
        layers:
          - {from: left, name: a, conv: {filters: 1, kernel: 3, padding: half}}
          - {from: right, name: b, conv: {filters: 1, kernel: 5, padding: half}}
          - concat: [a, b]
        """
    )
    assert sizes(receptive_fields(graph)[graph.output]) == (5,)


# -- beyond places ------------------------------------------------------------------------------

POOLED = "{global_avg_pool: true}"
WHOLE, PART = (f"{{conv: {{filters: 1, kernel: {size}, stride: 13}}}}" for size in (16, 4))


def gated(*gate: str) -> str:
    """A map scaled by a gate."""
    return f"multiply: {{map: [identity], gate: [{', '.join(gate)}]}}"


def beside(*branch: str) -> str:
    """A 5x5 window beside another branch."""
    return f"concat: {{a: [{{{FIVE}}}], b: [{', '.join(branch)}]}}"


GLOBAL: list[tuple[str, list[str], tuple[int, ...] | None, bool]] = [
    # items, then the local field and whether everything is seen
    ("a global pool", [THREE, "global_avg_pool"], None, True),
    ("one that keeps its axes", [THREE, "global_max_pool: true"], None, True),
    ("what follows it", ["global_max_pool: true", THREE], None, True),
    ("an adaptive pool to 1", [THREE, "adaptive_avg_pool: 1"], None, True),
    ("flatten", [THREE, "flatten"], None, False),
    ("flatten and linear", [THREE, "flatten", "linear: 4"], None, True),
    ("a gate", [THREE, gated(POOLED, "sigmoid")], (3, 3), True),
    ("a gate first", [gated(POOLED, "sigmoid"), THREE], (3, 3), True),
    ("a window before the gate", [gated(f"{{{SEVEN}}}", POOLED)], (1, 1), True),
    ("image pooling", [beside(POOLED, "{upsample: 16}")], (5, 5), True),
    ("a window over the whole map as gate", [gated(WHOLE)], (1, 1), True),
    ("a strip as gate", [THREE, gated("{adaptive_avg_pool: 16x1}")], (3, 3), True),
    ("a gate that was rolled",
     [THREE, gated("{roll: {shift: 1, axis: 1}}", POOLED)], (3, 3), True),
    ("a gate of a vector",
     [THREE, gated("flatten", "{linear: 1}", "{unflatten: [1, 1, 1]}")], (3, 3), True),
    ("a gate that sees a part", [THREE, gated(PART)], None, False),
    ("only gates", [f"add: [[{POOLED}], [{POOLED}, sigmoid]]"], None, True),
    ("flattened branches", ["concat: {a: [flatten], b: [global_avg_pool]}"], None, True),
    ("norm over channels", [THREE, "layer_norm"], (3, 3), False),
    ("norm over all", [THREE, "layer_norm: all"], (3, 3), True),
    ("RMS norm over channels", [THREE, "rms_norm"], (3, 3), False),
    ("RMS norm over all", [THREE, "rms_norm: all"], (3, 3), True),
    ("norm over the map", [THREE, "instance_norm"], (3, 3), True),
    ("norm over groups", [THREE, "group_norm: 1"], (3, 3), True),
    ("norm over the batch", [THREE, "batch_norm"], (3, 3), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "local", "everything"), [row[1:] for row in GLOBAL], ids=[row[0] for row in GLOBAL]
)
def test_global(items: list[str], local: tuple[int, ...] | None, everything: bool) -> None:
    receptive = seen("1x16x16", *items)
    assert (sizes(receptive), receptive.everything) == (local, everything)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([THREE, THREE, "global_avg_pool", "linear: 10"], (5, 5)),
        ([THREE, HALVED, "flatten", "linear: 10"], (4, 4)),
        (["flatten", "linear: 10"], None),
        ([THREE, "global_avg_pool: true", "upsample: 4", THREE], (3, 3)),
    ],
)
def test_the_network_has_the_last_local_field(
    items: list[str], expected: tuple[int, ...] | None
) -> None:
    last = analyze(network("1x16x16", *items)).totals.receptive
    assert (sizes(last) if last else None) == expected


@pytest.mark.parametrize("moved", ["flip: 1", "to_windows: 4", "to_sequence", "upsample: 257"])
def test_the_network_has_no_last_local_field_where_places_are_lost(moved: str) -> None:
    last = analyze(network("1x16x16", THREE, moved, "relu")).totals.receptive
    assert last == Receptive(None)


def test_the_last_local_field_is_on_the_way_to_the_output() -> None:
    graph = graph_of(
        f"""
        input: 1x16x16
        layers:
          - {{name: trunk, {THREE}}}
          - {{name: aside, {SEVEN}}}
          - {{from: trunk, global_avg_pool: }}
        """
    )
    last = analyze(graph).totals.receptive
    assert last
    assert sizes(last) == (3, 3)


# -- unknown ------------------------------------------------------------------------------------


def cycles(*periods: int) -> str:
    """A join of branches that each have a cycle."""
    branches = (f"by{n}: [{{max_pool: {n}}}, {{upsample: {n}}}]" for n in periods)
    return f"concat: {{{', '.join(branches)}}}"


@pytest.mark.parametrize(
    ("shape", "items"),
    [
        ("1x8", ["concat: {a: [{max_pool: 2}], b: [{crop: 2}]}"]),
        ("1x8x8", ["concat: {a: [{max_pool: 2x1}], b: [{crop: [[2, 2], [0, 0]]}]}"]),
        ("1x2", [f"upsample: {LONGEST_CYCLE + 1}"]),
        ("1x2", [f"conv_transpose: {{filters: 1, kernel: 1, stride: {LONGEST_CYCLE + 1}}}"]),
        ("1x2", ["upsample: 16", "upsample: 16", "upsample: 2"]),
        ("1x308", [cycles(4, 7, 11)]),
        ("1x8", ["concat: {a: [{max_pool: 2}], b: [{crop: 2}]}", THREE]),
    ],
    ids=[
        "strides differ",
        "strides differ along one axis",
        "an upsampling too large",
        "a transposed stride too large",
        "upsampled too often",
        "cycles that meet too late",
        "and what follows",
    ],
)
def test_unknown(shape: str, items: list[str]) -> None:
    assert seen(shape, *items) == Receptive(None, False)


LATE = cycles(4, 7, 11)
SEEING_ALL = f"[{{{gated(POOLED)}}}, {{{LATE}}}]"
ROLLED = "[{roll: {shift: 1, axis: 1}}]"


@pytest.mark.parametrize(
    ("items", "everything"),
    [
        ([f"concat: {{a: [identity], b: {SEEING_ALL}}}"], True),
        ([f"concat: {{a: [identity], b: {SEEING_ALL}}}", "slice: {start: 1}"], True),
        ([f"concat: {{a: [identity], b: {ROLLED}}}"], False),
        ([f"add: {{a: [identity], b: {ROLLED}}}"], False),
        (["concat: [[instance_norm], [instance_norm, {flip: 1}]]"], True),
        (["multiply: [[identity], [{flip: 1}, {crop: [[0, 307]]}]]"], False),
    ],
    ids=[
        "cycles too long, and all",
        "of channels",
        "rolled",
        "rolled and added",
        "flipped, and all",
        "a part that was flipped",
    ],
)
def test_a_branch_that_cannot_be_told_is_no_gate(items: list[str], everything: bool) -> None:
    receptive = seen("1x308", *items)
    assert (receptive.axes, receptive.everything, receptive.gate) == (None, everything, False)


def test_what_sees_nothing_is_no_place_lost() -> None:
    """Zeros beside what is the same for every place, and what is learned, leave others theirs."""
    gate = f"[{{{POOLED[1:-1]}}}, {{pad_channels: 1}}]"
    padded = seen("1x16", "pad_channels: 1", THREE, f"multiply: [[identity], {gate}, [identity]]")
    assert sizes(padded) == (3,)
    learned = seen("2x16", f"add: [[{{{THREE}}}], [{{learned: {{features: 1, steps: 16}}}}]]")
    assert (sizes(learned), learned.everything) == ((3,), False)


def test_longest_cycle_known() -> None:
    assert along("1x2", "upsample: 16", "upsample: 16").period == LONGEST_CYCLE
    assert along("1x308", cycles(7, 11)).period == 7 * 11


# -- published networks -------------------------------------------------------------------------

PUBLISHED: list[tuple[str, int]] = [
    # 1, then (kernel - 1) * stride so far, layer by layer
    ("alexnet/alexnet", 1 + 10 + 2 * 4 + 4 * 8 + 2 * 8 + 3 * (2 * 16) + 2 * 16),
    (
        "vgg/vgg16",
        1 + (2 * 2 + 1) + (2 * 2 + 1) * 2 + (3 * 2 + 1) * 4 + (3 * 2 + 1) * 8 + (3 * 2 + 1) * 16,
    ),
    (
        "resnet/resnet50",
        1 + 6 + 2 * 2
        + 3 * (2 * 4)
        + 2 * 4 + 3 * (2 * 8)
        + 2 * 8 + 5 * (2 * 16)
        + 2 * 16 + 2 * (2 * 32),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published(name: str, expected: int) -> None:
    last = analyze(load(SPECS / f"{name}.yaml")).totals.receptive
    assert last
    assert sizes(last) == (expected, expected)


def test_published_figures() -> None:
    assert [size for _, size in PUBLISHED] == [195, 212, 427]


def test_pixels_too_many_to_tell_apart_see_at_most_their_square() -> None:
    graph = network("1x18x18", "pixel_unshuffle: 9")
    whole = receptive_fields(graph)
    (channels,) = channel_fields(graph, whole, [graph.output])[graph.output].fields
    assert (sizes(channels), channels.at_most) == ((9, 9), True)
    assert (sizes(whole[graph.output]), whole[graph.output].at_most) == ((9, 9), False)


def test_windows_too_far_apart_are_unknown() -> None:
    """Else a thousand strides of 10**9 would make numbers that cannot be printed."""
    stride = "conv: {filters: 1, kernel: 1, stride: 1000000000}"
    summary = analyze(graph_of(f"input: 1x9x9\nlayers: [{{{stride}, repeat: 1000}}]"))
    assert summary.rows[0].receptive.axes is not None
    assert summary.rows[-1].receptive.axes is None
