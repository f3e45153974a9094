"""Receptive fields of random networks, of every output, against what PyTorch reaches."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, partial
from math import ceil
from typing import NamedTuple

import pytest
import torch

from cnncalc.analysis.receptive import Channels, Receptive, channel_fields, receptive_fields
from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.pooling.adaptive import GlobalPool
from cnncalc.network.graph import Graph, Node
from tests.analysis import drafts
from tests.analysis.oracle import (
    LEAST,
    Canvas,
    Interval,
    Place,
    canvas,
    everywhere,
    fields,
    marked,
    moves,
    steps,
    units,
)
from tests.analysis.specs import graph_of
from tests.sampled import sampled

pytestmark = pytest.mark.torch

COUNTS = {1: 380, 2: 130, 3: 20}
BATCH = 10
BATCHES = [
    pytest.param(
        rank,
        range(first, first + BATCH),
        id=f"{rank}d-{first}",
        marks=[pytest.mark.thorough] if first // BATCH % 5 else [],
    )
    for rank, count in COUNTS.items()
    for first in range(0, count, BATCH)
]
EVERYWHERE = {"global_avg_pool", "global_max_pool", "group_norm", "instance_norm"}

batches = pytest.mark.parametrize(("rank", "seeds"), BATCHES)


Reached = tuple[list[Interval | None], ...]


class Seen(NamedTuple):
    """One node of a draft: what the analysis says of it, and what PyTorch reaches.

    draft: how to get the draft again, and its text
    step: per axis, inputs per step of its output; None where it has no place in the input
    reached: per axis, first and last input of each output
    channels, reached_by: the same of each of its channels
    behind: whether there is something in it of a layer that reads all places
    """

    draft: str
    graph: Graph
    node: Node
    field: Receptive
    step: tuple[Fraction, ...] | None
    reached: Reached
    channels: Channels
    reached_by: list[Reached]
    behind: bool


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The tensors are small: threads would only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def seen(rank: int, seeds: range) -> Iterator[Seen]:
    for seed in seeds:
        yield from observed(rank, seed)


@cache
def observed(rank: int, seed: int) -> list[Seen]:
    """A draft, its nodes observed: of a signal's network all, else the output, the joins and what
    they read."""
    return observed_in(drafts.spec(seed, rank), rank, seed)


def observed_in(text: str, rank: int, seed: int) -> list[Seen]:
    """The same, of any network."""
    graph = graph_of(text)
    receptive = receptive_fields(graph)
    nodes = list(graph.nodes)
    if rank > 1:
        joins = [node for node in graph.layers if len(node.inputs) > 1]
        chosen = {graph.output, *joins, *(node for join in joins for node in join.inputs)}
        nodes = [node for node in nodes if node in chosen]
    channels = channel_fields(graph, receptive, nodes)
    rates = steps(graph)
    batch = max(sum(node.shape[1:]) for node in nodes)
    wide = canvas(graph, batch, [margin(graph, nodes, receptive, axis) for axis in range(rank)])
    behind = everywhere(wide, is_global)
    return [
        Seen(
            f"\n{node.path} of spec({seed}, {rank}):\n{text}",
            graph,
            node,
            receptive[node],
            rates.get(node),
            fields(wide, node, slice(None)) if wide.has_place(node) else (),
            channels[node],
            by_channel(wide, node) if wide.has_place(node) else [],
            node in behind,
        )
        for node in nodes
    ]


def by_channel(wide: Canvas, node: Node) -> list[Reached]:
    """What each channel reaches; none where all are one."""
    count = node.shape[0]
    return [fields(wide, node, slice(i, i + 1)) for i in range(count if count > 1 else 0)]


def margin(graph: Graph, nodes: list[Node], receptive: dict[Node, Receptive], axis: int) -> int:
    """Half as much again as the fields claim to reach beyond the input, so that too small a claim
    shows as well; a multiple of every step."""
    last = image(graph)[axis] - 1
    beyond = [0]
    for node in nodes:
        for claim in claimed(node, receptive[node], axis):
            beyond += (-claim[0], claim[1] - last) if claim else ()
    rates = steps(graph)
    turn = drafts.common(step[axis] for step in rates.values())
    slices = [node for node in graph.layers if any(cut_off(node)) and node in rates]
    cut = sum(max(cut_off(node)) * rates[node.inputs[0]][axis] for node in slices)
    return -(-(max(beyond) * 3 // 2 + 4 + ceil(cut)) // turn) * turn


def cut_off(node: Node) -> tuple[int, int]:
    """How much of a map a slice leaves out at its ends."""
    fields = node.layer.values() if node.layer and node.kind == "slice" else {}
    return fields.get("start") or 0, -min(fields.get("stop") or 0, 0)


def image(graph: Graph) -> Shape:
    """The spatial sizes of its one input."""
    (start,) = graph.inputs.values()
    return start.shape[1:]


def claimed(node: Node, field: Receptive, axis: int) -> list[Interval | None]:
    """What the analysis says each output sees along an axis."""
    if field.axes is None:
        return []
    return [field.axes[axis].sees(output) for output in range(node.shape[axis + 1])]


# -- on a canvas --------------------------------------------------------------------------------


@batches
def test_first_and_last_input_of_every_output(rank: int, seeds: range) -> None:
    for each in seen(rank, seeds):
        for axis, reached in enumerate(each.reached):
            assert claimed(each.node, each.field, axis) == reached, each.draft


@pytest.mark.parametrize("rank", [1, 2])
def test_slices_and_squares(rank: int) -> None:
    texts = (drafts.moving(seed, rank) for seed in range(40))
    for each in (each for text in texts for each in observed_in(text, rank, 0)):
        for axis, reached in enumerate(each.reached):
            assert claimed(each.node, each.field, axis) == reached, each.draft
        channel_by_channel(each)


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("first", sampled(range(0, 200, 40), 5))
def test_places_that_are_lost(rank: int, first: int) -> None:
    """Channels with something in them of what has lost its place, and only those, and all that
    holds such channels, are unknown, and none is taken for a gate."""
    for seed in range(first, first + 40):
        text = drafts.losing(seed, rank)
        graph = graph_of(text)
        receptive = receptive_fields(graph)
        told = channel_fields(graph, receptive, graph.layers)
        wide = canvas(graph, 1)
        leaves, tensors = marked(wide, partial(lost_in, wide), (GlobalPool,))
        for node in graph.layers:
            here = f"{node.path} of losing({seed}, {rank}):\n{text}"
            lost = [moves(leaves, tensors[node][:, at]) for at in range(node.shape[0])]
            said = [is_unknown(told[node].of(at)) for at in range(node.shape[0])]
            assert said == lost, here
            assert is_unknown(receptive[node]) == any(lost), here


def is_unknown(field: Receptive) -> bool:
    """Whether it cannot be told."""
    return field.axes is None and not field.gate


def lost_in(wide: Canvas, node: Node) -> torch.Tensor | bool:
    """Which channels of a node lose their places: those that see anything."""
    if not loses_places(node):
        return False
    made, start = wide.tensors[node], wide.tensors[wide.start]
    seeing = [moves([start], made[:, at]) for at in range(node.shape[0])]
    return torch.tensor(seeing, dtype=made.dtype).view(1, -1, *(1 for _ in node.shape[1:]))


def loses_places(node: Node) -> bool:
    """Whether a layer moves what is along a spatial axis."""
    fields = node.layer.values() if node.layer else {}
    if node.kind not in ("roll", "flip") or fields["axis"] == "channels":
        return False
    size = node.shape[fields["axis"]]
    return size > 1 if node.kind == "flip" else fields["shift"] % size > 0


@batches
def test_each_channel_by_itself(rank: int, seeds: range) -> None:
    for each in seen(rank, seeds):
        channel_by_channel(each)


def channel_by_channel(each: Seen) -> None:
    """Each channel sees what it reaches."""
    for channel, found in enumerate(each.reached_by):
        field = each.channels.of(channel)
        for axis, reached in enumerate(found):
            said = claimed(each.node, field, axis) or [None] * len(reached)
            assert said == reached, f"channel {channel} of {each.draft}"


@batches
def test_a_field_is_known_where_there_is_a_place(rank: int, seeds: range) -> None:
    for each in seen(rank, seeds):
        assert (each.field.axes is None) == (not each.reached), each.draft
        assert (each.field.axes is None) == (each.step is None), each.draft


@batches
def test_size_stride_and_offset(rank: int, seeds: range) -> None:
    for each in seen(rank, seeds):
        for field, step, reached in zip(
            each.field.axes or (), each.step or (), each.reached, strict=True
        ):
            sizes = [last - first + 1 for first, last in filter(None, reached)]
            assert field.size >= max(sizes, default=0), each.draft
            if len(reached) >= field.period:
                assert field.size == max(sizes, default=0), each.draft
            assert field.stride == float(step), each.draft
            assert field.offset == (reached[0][0] if reached[0] else None), each.draft


@batches
def test_misaligned_is_how_far_the_centres_of_branches_lie_apart(rank: int, seeds: range) -> None:
    for seed in seeds:
        nodes = {each.node: each for each in observed(rank, seed)}
        for each in nodes.values():
            assert each.node.layer is None or each.node.layer.joins or not each.field.misaligned
            if each.field.axes is None or len(each.node.inputs) < 2:
                continue
            branches = [nodes[source].reached for source in each.node.inputs]
            apart = spread([branch for branch in branches if branch])
            assert each.field.misaligned >= apart, each.draft
            sizes = zip(each.node.shape[1:], each.field.axes, strict=True)
            if all(size >= field.period for size, field in sizes):
                assert each.field.misaligned == apart, each.draft


def spread(branches: list[tuple[list[Interval | None], ...]]) -> float:
    """The most that the centres of one output's windows lie apart, of all outputs and axes; but for
    those along which all windows of an output end at one place, the first output's at its own."""
    most = 0.0
    for axis in zip(*branches, strict=True):
        outputs = [[*filter(None, windows)] for windows in zip(*axis, strict=True)]
        ends = [{last for _, last in windows} for windows in outputs]
        if outputs and len(outputs[0]) == len(axis) and ends[0] == {0} and max(map(len, ends)) <= 1:
            continue
        for windows in outputs:
            centres = [(first + last) / 2 for first, last in windows]
            most = max(most, max(centres) - min(centres) if centres else 0)
    return most


@batches
def test_everything_is_seen_behind_a_global_layer(rank: int, seeds: range) -> None:
    for each in seen(rank, seeds):
        if all(field.size for field in each.field.axes or ()):
            assert each.field.everything == each.behind, each.draft


def is_global(layer: Layer) -> bool:
    """Whether a layer reads all places."""
    return layer.kind in EVERYWHERE or layer.values().get("over") == "all"


# -- on the image alone -------------------------------------------------------------------------


@batches
def test_on_the_image_an_output_sees_no_more_than_its_field(rank: int, seeds: range) -> None:
    for seed in seeds:
        text = drafts.spec(seed, rank)
        for place, reached, field in on_image(text):
            here = f"{place} of spec({seed}, {rank}):\n{text}"
            assert all(map(within, reached, field)), here


@batches
def test_on_the_image_an_output_sees_all_of_its_field_on_it(rank: int, seeds: range) -> None:
    for seed in seeds:
        text = drafts.tidy(seed, rank)
        for place, reached, field in on_image(text):
            assert reached == field, f"{place} of tidy({seed}, {rank}):\n{text}"


@batches
def test_on_the_image_everything_is_seen_through_a_gate(rank: int, seeds: range) -> None:
    for seed in seeds:
        text = drafts.tidy(seed, rank)
        graph = graph_of(text)
        if receptive_fields(graph)[graph.output].everything:
            places = units(graph.output)
            alone = canvas(graph, len(places), gates=())
            whole = tuple((0, size - 1) for size in image(graph))
            assert set(alone.reach(graph.output, places)) == {whole}, f"tidy({seed}, {rank})"


Box = tuple[Interval | None, ...]


def on_image(text: str) -> Iterator[tuple[Place, Box, Box]]:
    """Every output by itself: where it lies, what it reaches of the image, and of its field what
    lies on the image."""
    graph = graph_of(text)
    field = receptive_fields(graph)[graph.output]
    places = units(graph.output)
    alone = canvas(graph, len(places))
    for place, reached in zip(places, alone.reach(graph.output, places), strict=True):
        yield place, reached, clipped(field, place, image(graph))


def clipped(field: Receptive, place: Place, sizes: Shape) -> Box:
    """What an output sees, without what lies beyond the image."""
    assert field.axes
    claims = [axis.sees(part.start) for axis, part in zip(field.axes, place[1:], strict=True)]
    cut = [
        (max(claim[0], 0), min(claim[1], size - 1)) if claim else (0, -1)
        for claim, size in zip(claims, sizes, strict=True)
    ]
    blind = any(first > last for first, last in cut)
    return tuple(None if blind else interval for interval in cut)


def within(reached: Interval | None, field: Interval | None) -> bool:
    """Whether nothing is reached that the field has not."""
    if reached is None or field is None:
        return reached is None
    return field[0] <= reached[0] and reached[1] <= field[1]


# -- by itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", range(1, 6))
def test_cubic_upsampling(scale: int) -> None:
    """Some of its weights are negative, so that the gradients of two outputs could cancel: each
    output by itself, far from the edge."""
    graph = graph_of(f"input: 1x9x9\nlayers: [{{upsample: {{scale: {scale}, mode: cubic}}}}]")
    axes = receptive_fields(graph)[graph.output].axes
    assert axes
    image = torch.zeros(1, 1, 9, 9, requires_grad=True)
    upsampled = torch.nn.Upsample(scale_factor=scale, mode="bicubic")(image)
    for output in range(3 * scale, 6 * scale):
        (gradient,) = torch.autograd.grad(upsampled[0, 0, output, output], image, retain_graph=True)
        for axis, field in enumerate(axes):
            reached = (gradient[0, 0].abs() > LEAST).any(1 - axis).nonzero()
            assert field.sees(output) == (int(reached[0]), int(reached[-1]))
