"""What each channel sees, where it can be worked out by hand."""

from random import Random

import pytest

from cnncalc.analysis.receptive import Channels, Receptive, channel_fields, receptive_fields
from cnncalc.analysis.receptive.ranges import MOST_KINDS, MOST_RANGES, Ranges, covers, merged, read
from cnncalc.layers.base import EVERY, OWN, Across, Reads, grouped
from cnncalc.network.graph import Graph
from tests.analysis.specs import graph_of, network
from tests.together import in_groups, slices


def size(receptive: Receptive) -> int | None:
    """Of a field, along the first axis."""
    return receptive.axes[0].size if receptive.axes else None


def at(graph: Graph, path: str) -> Receptive:
    """What the layer at a path sees."""
    node = graph.find(path)
    assert node
    return receptive_fields(graph)[node]


def channels(graph: Graph) -> Channels:
    """What the channels of the output see."""
    return channel_fields(graph, receptive_fields(graph), [graph.output])[graph.output]


def sizes(shape: str, *items: str) -> list[int | None]:
    """The field of each channel of the last of some layers."""
    graph = network(shape, *items)
    found = channels(graph)
    return [size(found.of(channel)) for channel in range(graph.output.shape[0])]


def conv(filters: int, kernel: int, more: str = "") -> str:
    """A convolution that keeps the size."""
    return f"{{conv: {{filters: {filters}, kernel: {kernel}, padding: half{more}}}}}"


# -- kinds ----------------------------------------------------------------------------------------

MIXED = f"concat: [[identity], [{conv(1, 3)}], [{conv(2, 5)}]]"
"""Of one channel that arrives 4, which see 1, 3, 5 and 5."""


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], [1, 3, 5, 5]),
        (["slice: {start: 1}"], [3, 5, 5]),
        (["slice: {start: 1, stop: 2}", "pad_channels: 2"], [3, 0, 0]),
        (["pad_channels: 1", conv(1, 3)], [7]),
        (["pad_channels: 1", "slice: {start: 3}", conv(2, 3, ", groups: 2")], [7, 0]),
        ([conv(4, 3, ", groups: 2")], [5, 5, 7, 7]),
        ([conv(8, 3, ", groups: 4")], [3, 3, 5, 5, 7, 7, 7, 7]),
        (["conv: {filters: 2, kernel: 3, table: [[1, 2], [0]]}"], [7, 3]),
        (["conv_transpose: {filters: 2, kernel: 3, groups: 2}"], [5, 7]),
        (["channel_shuffle: 2"], [1, 5, 3, 5]),
        (["channel_shuffle: 2", "channel_shuffle: 2"], [1, 3, 5, 5]),
        (["channel_shuffle: 2", "slice: {stop: 1}"], [1]),
        (["maxout: 2"], [3, 5]),
        (["glu"], [5, 5]),
        (["channel_shuffle: 2", "glu"], [3, 5]),
        (["roll: 1"], [5, 1, 3, 5]),
        (["flip: channels"], [5, 5, 3, 1]),
        (["mean: channels"], [5]),
        (["slice: {step: 2}"], [1, 5]),
        (["local_response_norm: 3"], [3, 5, 5, 5]),
        (["local_response_norm: 2"], [1, 3, 5, 5]),
        (["max_pool: {kernel: 3, stride: 1, padding: half}", "batch_norm", "relu"], [3, 5, 7, 7]),
        (["softmax"], [5, 5, 5, 5]),
        (["layer_norm"], [5, 5, 5, 5]),
        (["layer_norm: all"], [1, 3, 5, 5]),
        ([f"add: [[identity], [{conv(4, 3, ', groups: 4')}]]"], [3, 5, 7, 7]),
        (["maximum: [[identity], [{slice: {start: 1, stop: 2}}]]"], [3, 3, 5, 5]),
        (["concat: [[{slice: {start: 2}}], [{slice: {stop: 2}}]]"], [5, 5, 1, 3]),
        (["dropout: 0.5", "upsample: 2", "avg_pool: 2"], [1, 3, 5, 5]),
    ],
    ids=str,
)
def test_each_channel(items: list[str], expected: list[int]) -> None:
    assert sizes("1x32", MIXED, *items) == expected


def test_pixels_of_channels() -> None:
    """Along an axis a pixel sees what its row of four, or its column, does."""
    graph = network("1x8x8", MIXED, "pixel_shuffle: 2")
    field = channels(graph).of(0)
    assert field.axes
    seen = [[axis.sees(output) for output in range(2)] for axis in field.axes]
    assert seen == [[(-1, 1), (-2, 2)], [(-2, 2), (-2, 2)]]


# -- networks -------------------------------------------------------------------------------------

SPLIT = """
  - concat:
      kept: [{slice: {stop: 4}}]
      worked: [{slice: {start: 4}}, {conv: {filters: 4, kernel: 5, padding: 2}}]
"""


def splits(count: int) -> Graph:
    """Splits in a row, of which each works on one half."""
    return graph_of(f"input: 8x64x64\nlayers:{SPLIT * count}")


def test_a_half_that_is_kept() -> None:
    graph = splits(3)
    assert [size(at(graph, path)) for path in ("kept.slice", "kept_2.slice", "kept_3.slice")] == [
        1
    ] * 3
    assert size(at(graph, "worked_3.conv")) == 1 + 3 * (5 - 1)
    assert channels(graph).ranges == Ranges((4, 8), (0, 1))


@pytest.mark.parametrize("count", [10, 1000])
def test_splits_take_time_as_there_are_layers(count: int) -> None:
    """Two ranges each, however many there are."""
    graph = splits(count)
    found = channel_fields(graph, receptive_fields(graph), graph.layers)
    assert sum(len(each.ranges.ends) for each in found.values()) == 5 * count
    assert not any(field.at_most for each in found.values() for field in each.fields)


def test_a_gated_residual() -> None:
    """WaveNet (van den Oord et al. 2016, section 2.3): tanh of one half of a dilated convolution's
    filters times the sigmoid of the other; of what follows, one half is the skip of the layer."""
    layer = """
  - {{name: both{n}, from: {source}, conv: {{filters: 8, kernel: 2, dilation: {dilation}}}}}
  - multiply:
      - [{{from: both{n}, slice: {{stop: 4}}}}, tanh]
      - [{{from: both{n}, slice: {{start: 4}}}}, sigmoid]
  - {{name: out{n}, conv: {{filters: 8, kernel: 1}}}}
  - {{name: skip{n}, slice: {{stop: 4}}}}
  - name: residual{n}
    add: [[{{from: out{n}, slice: {{start: 4}}}}], [{{from: {source}, crop: [[{dilation}, 0]]}}]]
"""
    text, source = "input: 4x64\nlayers:", "input"
    for number in range(4):
        text += layer.format(n=number, source=source, dilation=2**number)
        source = f"residual{number}"
    graph = graph_of(text)
    assert [size(at(graph, f"skip{number}")) for number in range(4)] == [2, 4, 8, 16]
    assert size(at(graph, "residual3.add")) == 2**4


def test_res2net() -> None:
    """Of four parts of the channels, the first is passed on, and each other adds to its own what
    the one before it made: parts that see 1, 3, 5 and 7 (Gao et al. 2019, section 3.1)."""
    graph = graph_of("""
input: 8x16x16
layers:
  - {name: whole, conv: {filters: 8, kernel: 1}}
  - {name: y1, slice: {stop: 2}}
  - {name: x2, from: whole, slice: {start: 2, stop: 4}}
  - {name: y2, conv: {filters: 2, kernel: 3, padding: half}}
  - {name: x3, from: whole, slice: {start: 4, stop: 6}}
  - {add: [x3, y2]}
  - {name: y3, conv: {filters: 2, kernel: 3, padding: half}}
  - {name: x4, from: whole, slice: {start: 6}}
  - {add: [x4, y3]}
  - {name: y4, conv: {filters: 2, kernel: 3, padding: half}}
  - concat: [y1, y2, y3, y4]
""")
    found = channels(graph)
    assert [size(found.of(channel)) for channel in range(8)] == [1, 1, 3, 3, 5, 5, 7, 7]


def test_a_shuffled_split() -> None:
    """ShuffleNet v2: of channels in turn, half are passed on, so that of all that an eighth layer
    makes some see but what the first did."""
    unit = f"""
  - concat: [[{{slice: {{stop: 8}}}}], [{{slice: {{start: 8}}}}, {conv(8, 3)}]]
  - channel_shuffle: 2
"""
    graph = graph_of(f"input: 16x32x32\nlayers:{unit * 3}")
    found = channels(graph)
    first = [size(found.of(channel)) for channel in range(0, 16, 2)]
    assert first == [1, 5, 3, 5, 1, 5, 3, 5]
    assert [size(found.of(channel)) for channel in range(1, 16, 2)] == [7] * 8


# -- bounds ---------------------------------------------------------------------------------------


def steps(count: int) -> str:
    """Channels of which each sees two inputs more than the one before it."""
    return f"concat: [{', '.join(f'[{conv(1, 2 * number + 1)}]' for number in range(count))}]"


def test_as_many_kinds_as_are_told_apart() -> None:
    expected = [2 * number + 1 for number in range(MOST_KINDS)]
    assert sizes("1x512", steps(MOST_KINDS)) == expected


def test_too_many_kinds() -> None:
    graph = network("1x512", steps(MOST_KINDS + 1), "slice: {stop: 1}")
    field = receptive_fields(graph)[graph.output]
    assert (size(field), field.at_most) == (3, True)
    whole = at(graph, "concat")
    assert (size(whole), whole.at_most) == (2 * MOST_KINDS + 1, False)


def test_all_of_what_is_not_told_apart() -> None:
    """A layer behind it that reads all channels sees exactly what they do."""
    graph = network("1x512", steps(MOST_KINDS + 1), conv(1, 3))
    field = receptive_fields(graph)[graph.output]
    assert (size(field), field.at_most) == (2 * MOST_KINDS + 3, False)


def test_too_many_ranges() -> None:
    count = MOST_RANGES
    graph = network(f"{count}x9", f"concat: [[identity], [{conv(count, 3)}]]", "channel_shuffle: 2")
    field = channels(graph).of(0)
    assert (size(field), field.at_most) == (3, True)
    assert not receptive_fields(graph)[graph.output].at_most


def test_many_channels_in_few_ranges() -> None:
    count = 10**6
    found = channels(network(f"{count}x9", f"concat: [[identity], [{conv(count, 3)}]]", "relu"))
    assert found.ranges == Ranges((count, 2 * count), (0, 1))


DEPTHWISE = conv(512, 3, ", groups: 512")


def test_too_many_ranges_in_a_network() -> None:
    """From some layer on nothing is told apart, and that is said; before it all is."""
    unit = f"{{concat: [[{{slice: {{stop: 512}}}}], [{{slice: {{start: 512}}}}, {DEPTHWISE}]]}}"
    graph = network("1024x8", f"{{repeat: 400, layers: [{unit}, {{channel_shuffle: 2}}]}}")
    said = [field.at_most for field in receptive_fields(graph).values()]
    assert said == sorted(said)
    assert 0 < sum(said) < len(said)


# -- which channels are read ----------------------------------------------------------------------


def brute(across: Across, count: int, inputs: list[list[int]]) -> list[set[tuple[int, int]]]:
    """For each channel of the output, input and kind of each channel that it reads."""
    found: list[set[tuple[int, int]]] = [set() for _ in range(count)]
    for reads in across.reads:
        for number in range(len(inputs)) if reads.number is None else (reads.number,):
            kinds = inputs[number]
            for k, output in enumerate(range(count) if reads.outputs is None else reads.outputs):
                for tap in reads.taps or range(len(kinds)):
                    channel = tap + reads.step * (k // reads.repeat)
                    if 0 <= channel < len(kinds):
                        found[output].add((number, kinds[channel]))
    part = count // across.turns
    return [found[place % across.turns * part + place // across.turns] for place in range(count)]


def drawn(draw: Random, count: int, inputs: int) -> Reads:
    start = draw.randrange(count)
    first = draw.randint(-3, 12)
    return Reads(
        draw.choice((None, range(start, draw.randint(start + 1, count)))),
        draw.choice(
            (None, range(first, first + draw.randint(1, 5)), range(0, 12, draw.choice((2, 3))))
        ),
        draw.choice((-2, -1, 0, 1, 1, 2, 3)),
        draw.choice((1, 1, 2, 3)),
        draw.choice((None, *range(inputs))),
    )


def ranges(kinds: list[int]) -> Ranges:
    """Channels of these kinds."""
    return merged(enumerate(kinds, 1))


@in_groups(slices(range(400), 50))
def test_what_is_read(seed: int) -> None:
    draw = Random(seed)
    count = 12
    inputs = [
        [draw.randint(0, 2) for _ in range(draw.randint(1, 14))]
        for _ in range(draw.choice((1, 1, 2)))
    ]
    several = tuple(drawn(draw, count, len(inputs)) for _ in range(draw.choice((1, 1, 2, 3))))
    across = Across(several, draw.choice((1, 1, 1, 2, 3, 4)))
    found, told = read(across, count, [ranges(kinds) for kinds in inputs])
    assert found.ends[-1] == count
    said = [{taken[:2] for taken in told.reads[kind].taken} for kind in map(found.of, range(count))]
    assert said == brute(across, count, inputs)


@in_groups(slices(range(200), 50))
def test_whether_all_is_read(seed: int) -> None:
    draw = Random(seed)
    channels = [draw.randint(1, 14) for _ in range(draw.choice((1, 1, 2)))]
    across = Across(tuple(drawn(draw, 12, len(channels)) for _ in range(draw.choice((1, 2)))))
    named = [list(range(each)) for each in channels]
    all_read = set().union(*brute(across, 12, named))
    if covers(across, 12, channels):
        assert len(all_read) == sum(channels)


@pytest.mark.parametrize(
    ("across", "count", "inputs", "all_read"),
    [
        (EVERY, 5, [8], True),
        (OWN, 8, [8, 8], True),
        (grouped(8, 4, 2), 4, [8], True),
        (Across((Reads(taps=range(1, 2), step=1),)), 7, [8], False),
        (Across((Reads(taps=range(7, 8), step=-1),)), 8, [8], True),
        (Across((Reads(taps=range(0, 8, 4), step=1),)), 4, [8], True),
        (Across((Reads(range(8), range(1), 1),)), 12, [8], True),
    ],
)
def test_all_is_read(across: Across, count: int, inputs: list[int], all_read: bool) -> None:
    assert covers(across, count, inputs) == all_read
