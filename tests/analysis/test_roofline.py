"""Bounds, and times that are learned: against measurements of which the truth is known."""

from __future__ import annotations

import random

import pytest

from cnncalc import load, loads
from cnncalc.analysis.learning import Lesson, Sample, costs, learned, left_out
from cnncalc.analysis.roofline import NOTHING, Least, Work, expected, least, told, works
from cnncalc.layers.windows import Slide
from cnncalc.machine import AtPlaces, Ceilings, Cost, Level, Rates
from cnncalc.network.graph import Graph

CEILINGS = Ceilings(
    flops=1e11,
    bandwidth=1e10,
    launch=1e-6,
    window_flops=2e11,
    window_launch=3e-6,
    norm_launch=4e-6,
    exponentials=2e9,
    levels=(Level(2**14, 8e10), Level(2**20, 4e10), Level(2**26, 1e10)),
    compared=(Level(4, 3e8), Level(9, 6e8)),
    added=(Level(4, 1e9), Level(9, 2e9)),
    multiplied=(Level(9, 2e9), Level(25, 4e9)),
    linear=(Level(1, 1e9), Level(16, 8e9), Level(64, 9e10)),
    windows=(
        AtPlaces(49, (Level(2304, 1e10), Level(9216, 3e10), Level(1024**2 * 9, 1e9))),
        AtPlaces(784, (Level(2304, 2e10), Level(9216, 6e10))),
    ),
    pointwise=(AtPlaces(49, (Level(1024, 4e10),)),),
    turned=(AtPlaces(49, (Level(1024, 5e10),)),),
    block=16,
    ragged=(
        AtPlaces(49, (Level(17, 1e4), Level(33, 4e3))),
        AtPlaces(784, (Level(17, 1e3), Level(33, 5e2))),
    ),
    fresh=(Level(2**25, 4e9),),
)


def network(layers: str, shape: str = "8x16x16") -> Graph:
    return loads(f"input: {shape}\nlayers:\n  - {layers}\n")


def only(layers: str, shape: str = "8x16x16", batch: int = 1) -> Work:
    """The work of the last layer."""
    *_, found = works(network(layers, shape), batch, 4).values()
    return found


# -- what a layer does at least -------------------------------------------------------------

MAP = 8 * 16 * 16
VALID = (3 * 16 - 2) ** 2  # pairs of a place and a tap of 3x3 that is no padding
WORKS = {
    "padding is not multiplied": (
        "conv: {filters: 4, kernel: 3, padding: 1, bias: false}",
        2 * 4 * 8 * VALID,
        MAP + 4 * 16 * 16 + 4 * 8 * 9,
    ),
    "of a stride that steps over": (
        "conv: {filters: 4, kernel: 1, stride: 2, bias: false}",
        2 * 4 * 8 * 8 * 8,
        8 * 8 * 8 + 4 * 8 * 8 + 4 * 8,
    ),
    "without products": ("relu", 0, 2 * MAP),
    "a join": ("add: {a: [relu], b: [identity]}", 0, 3 * MAP),
    "what moves": ("upsample: 2", 0, MAP + 4 * MAP),
}


@pytest.mark.parametrize(("layers", "flops", "numbers"), WORKS.values(), ids=WORKS)
def test_work(layers: str, flops: int, numbers: int) -> None:
    found = only(layers)
    assert (found.flops, found.moved) == (flops, 4 * numbers)


def test_a_batch_reads_weights_once() -> None:
    one, eight = (only("flatten\n  - linear: 10", batch=batch) for batch in (1, 8))
    assert eight.flops == 8 * one.flops == 8 * 2 * MAP * 10
    assert eight.moved == 4 * (8 * (MAP + 10) + 10 * MAP + 10)


def test_words_are_rows_of_a_table() -> None:
    found = only("embedding: {vocabulary: 30_000, features: 16}", "5")
    assert found.moved == 4 * (5 + 2 * 5 * 16)


def test_winograd_multiplies_a_quarter() -> None:
    quick, other = (only(f"conv: {{filters: 4, kernel: {k}, padding: half}}") for k in (3, 5))
    assert (quick.fewest, other.fewest) == (quick.flops // 4, other.flops)
    ahead = CEILINGS._replace(winograd=True)
    assert least(quick, ahead).compute == pytest.approx(quick.flops / 4 / 2e11)


def test_views_take_nothing() -> None:
    assert only("flatten") is NOTHING
    assert least(NOTHING, CEILINGS) == Least(0, 0, 0)
    assert least(NOTHING, CEILINGS).binds == ""


# -- bounds ---------------------------------------------------------------------------------

BOUNDS = {
    "compute": (Work("linear", 10**9, 10**9, 2**14), 10**9 / 1e11),
    "by windows": (Work("conv", 10**9, 10**9, 2**14, True), 10**9 / 2e11),
    "memory": (Work("relu", 0, 0, 2**27), 2**27 / 1e10),
    "start": (Work("relu", 0, 0, 4), 1e-6),
    "start of a window": (Work("conv", 2, 2, 4, True), 3e-6),
    "in a cache": (Work("relu", 0, 0, 2**20), 2**20 / 4e10),
    "larger than a cache": (Work("relu", 0, 0, 2**21), 2**21 / 4e10),
    "compared": (Work("max_pool", 0, 0, 4, True, 4, 30_000), 30_000 / 3e8),
    "in larger windows": (Work("max_pool", 0, 0, 4, True, 6, 30_000), 30_000 / 6e8),
    "in windows of a size that was not measured": (
        Work("max_pool", 0, 0, 4, True, 25, 30_000),
        1e-6,
    ),
    "added": (Work("avg_pool", 0, 0, 4, True, 9, 0, 30_000), 30_000 / 2e9),
}


@pytest.mark.parametrize(("work", "seconds"), BOUNDS.values(), ids=BOUNDS)
def test_bounds(work: Work, seconds: float) -> None:
    assert least(work, CEILINGS).seconds == pytest.approx(seconds)


MATRICES = {
    "by its smallest side": ("flatten\n  - linear: 40", 2 * MAP * 40, 1, 1e9),
    "which a batch makes longer": ("flatten\n  - linear: 40", 2 * MAP * 40, 10, 8e9),
    "as far as the others are longer": ("flatten\n  - linear: 4", 2 * MAP * 4, 100, 8e9),
    "of many sides": ("flatten\n  - linear: 400", 2 * MAP * 400, 65, 2e11),
}


@pytest.mark.parametrize(("layers", "flops", "batch", "rate"), MATRICES.values(), ids=MATRICES)
def test_products_of_matrices(layers: str, flops: int, batch: int, rate: float) -> None:
    compute = least(only(layers, batch=batch), CEILINGS).compute
    assert compute == pytest.approx(batch * flops / rate)


def needed(channels: int, side: int, window: int) -> int:
    """Operations of a convolution of as many filters as channels, padded to keep its size."""
    met = window * side - 2 * sum(range(1, window // 2 + 1))
    return 2 * channels**2 * met**2


FILTERED = {
    "as few weights and places": (16, 7, 3, needed(16, 7, 3) / 1e10),
    "more weights": (32, 7, 3, needed(32, 7, 3) / 3e10),
    "more places": (16, 8, 3, needed(16, 8, 3) / 2e10),
    "more weights than were measured": (64, 28, 3, needed(64, 28, 3) / 2e11),
    "more places than were measured": (16, 29, 3, needed(16, 29, 3) / 2e11),
    "very many weights": (1024, 7, 3, needed(1024, 7, 3) / 1e9),
    "very many weights, more places": (1024, 8, 3, needed(1024, 7, 3) / 1e9),
    "very many weights, fewer places": (1024, 4, 3, needed(1024, 4, 3) / 3e10),
    "pointwise": (32, 7, 1, needed(32, 7, 1) / 4e10),
    "filling no block": (20, 7, 3, 1 / 1e4),
    "filling no block, more channels": (36, 29, 3, 1 / 5e2),
    "filling no block, pointwise": (20, 7, 1, needed(20, 7, 1) / 4e10),
}


@pytest.mark.parametrize(("channels", "side", "window", "most"), FILTERED.values(), ids=FILTERED)
def test_convolutions_by_size(channels: int, side: int, window: int, most: float) -> None:
    layer = f"conv: {{filters: {channels}, kernel: {window}, padding: half}}"
    work = only(layer, f"{channels}x{side}x{side}")
    assert work.flops == needed(channels, side, window)
    assert least(work, CEILINGS).compute == pytest.approx(most)


def test_fewer_operations_than_were_measured() -> None:
    """Of windows that hardly meet the map nothing is known but the rate."""
    work = only("conv: {filters: 1024, kernel: 3, padding: 7, dilation: 7}", "1024x7x7")
    assert work.flops == 2 * 1024**2 * 7**2 < needed(1024, 7, 3)
    assert least(work, CEILINGS).compute == pytest.approx(work.flops / 3e10)


def test_windows_of_one_channel_each() -> None:
    work = only("conv: {filters: 8, kernel: 3, padding: 1, groups: 8}")
    assert least(work, CEILINGS).compute == pytest.approx(2 * 8 * VALID / 2e9)


def test_behind_a_layer_that_turns_maps() -> None:
    """There each library needs no copies of them: the better rate counts."""
    *_, plain = works(network("relu\n  - conv: {filters: 8, kernel: 1}", "8x7x7"), 1, 4).values()
    *_, turned = works(
        network("layer_norm\n  - conv: {filters: 8, kernel: 1}", "8x7x7"), 1, 4
    ).values()
    assert (plain.turned, turned.turned) == (False, True)
    rates = [least(each, CEILINGS).compute for each in (plain, turned)]
    assert rates == pytest.approx([needed(8, 7, 1) / 4e10, needed(8, 7, 1) / 5e10])


def test_matrices_are_all_products() -> None:
    """Of each layer of the zoo that says what it multiplies."""
    for name in ("gpt2", "swin_t", "mobilevit_s", "lstmp", "deepspeech2", "mixer_b16", "pointnet"):
        graph = load(name)
        for node in graph.layers:
            if node.layer and (products := node.layer.matrices(*node.shapes)):
                macs = sum(each.macs for each in products)
                assert macs == node.layer.needed_macs(*node.shapes), (name, node.path)


def test_steps_of_a_state_wait_for_one_another() -> None:
    """Each multiplies one row; what arrives is there at once."""
    (work,) = works(network("gru: 32", "16x20"), 1, 4).values()
    assert work.matrices == ((2 * 3 * 32 * 16 * 20, 16), (2 * 3 * 32 * 32 * 20, 1))
    (own,) = works(network("lstm: 32", "16x20"), 1, 4).values()
    assert {side for _, side in own.matrices} == {0}


def test_what_operations_pass_on() -> None:
    """One of PyTorch's after the other: what each reads and what it makes."""
    work = only("silu\n  - relu")
    assert (work.passed, work.made) == (4 * 2 * MAP, (4 * MAP,))
    several = only("local_response_norm: {size: 5}")
    assert several.passed > 8 * 4 * MAP
    assert len(several.made) > 4


def runs(*steps: int, launch: float = 1e-6) -> float:
    """Seconds of operations that each begin, and then move so many bytes."""
    return sum(max(CEILINGS.moves(step), launch + step / 8e10) for step in steps)


def test_operations_run_one_after_another() -> None:
    work = only("local_response_norm: {size: 5}")
    assert len(work.steps) > 4
    assert sum(work.steps) == work.passed
    assert least(work, CEILINGS).memory == pytest.approx(runs(*work.steps))
    assert least(work, CEILINGS).binds == "memory"


def test_beside_products() -> None:
    """Filters are standardized, then they multiply."""
    conv = "conv: {filters: 16, kernel: 3, bias: false, weight_standardization: WAY}"
    plain, made = (only(conv.replace("WAY", way), "16x9x9") for way in ("false", "true"))
    assert (plain.steps, made.steps) == ((), (2 * 4 * 16 * 16 * 9,))
    apart = least(made, CEILINGS).compute - least(plain, CEILINGS).compute
    assert apart == pytest.approx(runs(*made.steps))


def test_of_a_gpu_operations_are_not_known() -> None:
    gpu = CEILINGS._replace(levels=())
    work = only("local_response_norm: {size: 5}")
    assert least(work, gpu).memory == pytest.approx(work.moved / 1e10)


STARTS = {
    "an activation": ("relu", 1e-6),
    "a batch norm": ("batch_norm", 4e-6),
    "another norm": ("layer_norm", 1e-6),
}


@pytest.mark.parametrize(("layer", "launch"), STARTS.values(), ids=STARTS)
def test_what_moves_begins_before(layer: str, launch: float) -> None:
    work = only(layer, "8x2x2")
    assert least(work, CEILINGS).memory == pytest.approx(runs(2 * 4 * 32, launch=launch))


CURVES = {"gelu": 1, "silu": 1, "mish": 3, "softmax": 1, "relu": 0, "elu": 0}
"""Of each value; of an ELU those below 0 alone."""


@pytest.mark.parametrize(("kind", "each"), CURVES.items())
def test_exponentials(kind: str, each: int) -> None:
    assert least(only(kind), CEILINGS).compute == pytest.approx(each * MAP / 2e9)


def test_exponentials_of_scores() -> None:
    """Each head has one for each two steps; of those that are hidden nothing is known."""
    assert only("attention: 2", "8x10").exponentials == 2 * 10 * 10
    assert only("attention: {heads: 2, causal: true}", "8x10").exponentials == 0


def test_ceilings_of_two_times() -> None:
    """Each the better one; sizes of both."""
    other = CEILINGS._replace(
        flops=5e10,
        launch=5e-7,
        linear=(Level(1, 2e9), Level(256, 1e11)),
        pointwise=(AtPlaces(196, (Level(1024, 4e10),)),),
        ragged=(),
        winograd=True,
        disturbed=True,
    )
    both = CEILINGS.best(other)
    assert both == other.best(CEILINGS)
    assert (both.flops, both.launch, both.disturbed, both.winograd) == (1e11, 5e-7, False, True)
    assert both.linear == (Level(1, 2e9), Level(16, 8e9), Level(64, 9e10), Level(256, 1e11))
    assert both.ragged == CEILINGS.ragged
    assert [row.places for row in both.pointwise] == [49, 196]


def test_operations_are_those_that_run_on_a_cpu() -> None:
    """A product over steps is one, though how it is made depends on how its input lies; a blur with
    stride 2 makes a padded map, 18x18, and its output, 8x8, once each."""
    steps = only("linear: {units: 8, per: step}", "16x20")
    assert 8 * 20 * 4 in steps.made
    assert only("blur_pool: 3").made == (8 * 18 * 18 * 4, 8 * 8 * 8 * 4)


def test_pools_of_pools_are_not_bound_by_comparing() -> None:
    """Numbers that repeat themselves are guessed."""
    pools = "max_pool: {kernel: 3, stride: 1}\n  - max_pool: {kernel: 3, stride: 1}"
    first, second = works(network(pools), 1, 4).values()
    assert (first.compared, second.compared) == (8 * 14 * 14 * 9, 0)


# -- what is learned ------------------------------------------------------------------------

TRUE = {
    "conv": Cost(1.5, 2.0, 0.0, 2e-5, 0),
    "relu": Cost(0.0, 3.0, 0.5, 5e-6, 0),
    "linear": Cost(2.0, 0.0, 0.0, 1e-5, 0),
}


def lessons(noise: float = 0.0, overhead: float = 1.0) -> list[Lesson]:
    """Networks whose layers take what `TRUE` says, each up to so much more or less, and as wholes
    `overhead` times the sum."""
    chance = random.Random(1)
    found = []
    for number in range(6):
        samples = []
        for _ in range(20):
            sort = chance.choice(list(TRUE))
            flops = 0 if sort == "relu" else chance.randrange(10**7, 10**9)
            size, new = chance.randrange(2**14, 2**24), chance.randrange(2**24, 2**26)
            made = (new,) if sort == "relu" else (4,) * chance.randrange(1, 4)
            work = Work(
                *(sort, flops, flops, size, sort == "conv"),
                role="activation" if sort == "relu" else "weighted",
                passed=2 * size,
                made=made,
            )
            seconds = told(work, CEILINGS, TRUE)
            assert seconds
            samples.append(Sample(work, seconds * (1 + chance.uniform(-noise, noise))))
        whole = sum(sample.seconds for sample in samples)
        found.append(Lesson(f"network {number}", tuple(samples), overhead * whole))
    return found


def test_costs_are_found_again() -> None:
    found = costs(lessons(), CEILINGS)
    for sort, cost in TRUE.items():
        assert found[sort][:4] == pytest.approx(cost[:4], rel=1e-4, abs=1e-9)


def test_costs_are_those_of_the_whole() -> None:
    found = costs(lessons(overhead=0.5), CEILINGS)
    assert found["conv"].each == pytest.approx(TRUE["conv"].each / 2, rel=1e-4)


def test_no_cost_is_negative() -> None:
    for cost in costs(lessons(noise=0.9), CEILINGS).values():
        assert min(cost) >= 0


def test_what_was_left_out_is_told() -> None:
    assert max(map(abs, left_out(lessons(), CEILINGS).values())) < 1e-6
    rates = learned(lessons(noise=0.3), CEILINGS)
    assert rates.held_out
    assert 0 < rates.held_out.mean < 0.3
    assert rates.held_out.mean <= rates.held_out.worst
    assert rates.held_out.networks == len(rates.learned) == 6


def test_a_network_left_out_does_not_tell_of_itself() -> None:
    """One that takes twice what the others do is told half of it."""
    *others, last = lessons()
    slow = last._replace(
        samples=tuple(sample._replace(seconds=2 * sample.seconds) for sample in last.samples),
        seconds=2 * last.seconds,
    )
    assert left_out([*others, slow], CEILINGS)[slow.name] == pytest.approx(-0.5, abs=1e-3)


def test_two_networks_do_not_say_how_far_they_are_off() -> None:
    assert learned(lessons()[:2], CEILINGS).held_out is None


def test_a_sort_that_was_never_seen_takes_what_all_do() -> None:
    found = costs(lessons(), CEILINGS)
    work = Work("gelu", 0, 0, 2**20)
    assert told(work, CEILINGS, found) == told(work._replace(sort="all"), CEILINGS, found)
    assert told(work, CEILINGS, {}) is None


def test_a_sort_that_was_never_seen_takes_what_its_role_does() -> None:
    found = costs(lessons(), CEILINGS)
    work = Work("gelu", 0, 0, 2**20, role="activation", passed=2**21)
    assert told(work, CEILINGS, found) == told(work._replace(sort="relu"), CEILINGS, found)


def test_the_bound_is_below_what_is_told_where_costs_are_above_one() -> None:
    rates = Rates(CEILINGS, {"all": Cost(1.2, 1.2, 0.0, 4e-6, 9)})
    for each in expected(load("resnet18"), 1, "fp32", rates).values():
        assert each.seconds is not None
        assert each.least.seconds <= each.seconds


# -- windows --------------------------------------------------------------------------------

GRID = [
    Slide(size, kernel, stride, dilation, before, after)
    for size in range(1, 9)
    for kernel in range(1, 5)
    for stride in range(1, 4)
    for dilation in (1, 2)
    for before, after in ((0, 0), (1, 1), (0, 2), (2, 1))
]


def test_what_windows_meet_is_counted_one_by_one() -> None:
    fitting = [slide for slide in GRID if slide.output >= 1]
    assert len(fitting) > 400
    for slide in fitting:
        places = [
            output * slide.stride - slide.before + tap * slide.dilation
            for output in range(slide.output)
            for tap in range(slide.kernel)
        ]
        assert slide.met == sum(0 <= place < slide.size for place in places), slide


def test_same_is_what_tensorflow_pads() -> None:
    """The map is as large as its size over the stride, rounded up; the odd one comes last."""
    for slide in GRID:
        outputs = -(-slide.size // slide.stride)
        whole = max((outputs - 1) * slide.stride + slide.extent - slide.size, 0)
        assert slide.same == ((slide.before, slide.after) == (whole // 2, whole - whole // 2))
