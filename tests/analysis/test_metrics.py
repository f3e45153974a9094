"""The numbers that have one name everywhere, and those that few ask for."""

import csv
import re
from pathlib import Path

import pytest

from cnncalc.analysis import Summary, analyze
from cnncalc.analysis.memory import inference, training
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.checking.settings import BUDGETS
from cnncalc.language.load import load
from cnncalc.language.schema.schema import schema
from cnncalc.layers.base import Layer, Shape
from cnncalc.network.expectation import EXPECTED
from cnncalc.network.metrics import METRICS
from cnncalc.network.precision import Precision
from cnncalc.report.comparison.comparison import side_by_side
from cnncalc.report.comparison.to_json import document as compared
from cnncalc.report.table.columns import COLUMNS
from cnncalc.report.table.outline import outline
from cnncalc.report.table.to_json import document
from cnncalc.zoo import networks
from tests.analysis.specs import network
from tests.layers.cases import CASES, named

MACTS = Path(__file__).parents[1] / "reference" / "timm_macts.csv"


def numbers(shape: str, *items: str, batch: int = 1, precision: str = "fp32") -> NamedNumbers:
    """Those of some layers; `bf16`, or `fp32+bf16` with maps of another type."""
    dtype, _, autocast = precision.partition("+")
    return NamedNumbers(analyze(network(shape, *items), batch, Precision(dtype, autocast or None)))


def each(found: NamedNumbers, metric: str) -> list[object]:
    """What each layer has of it; of one axis, its number."""
    values = [found.of(metric, row) for row in found.summary.rows]
    return [value[0] if value and len(value) == 1 else value for value in values]


# -- one name everywhere --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def summary() -> Summary:
    return analyze(load("lenet5"))


def test_metrics_have_one_name_everywhere(summary: Summary) -> None:
    found = document(summary, outline(summary, None))
    assert METRICS.keys() <= found["totals"].keys()
    assert METRICS.keys() <= found["layers"][0].keys()
    assert {*METRICS} - COLUMNS.keys() == {"receptive_field"}, "that column is called field, too"
    assert {*METRICS} == {*EXPECTED} - {"output"}
    assert {re.sub("^(max|min)_", "", name) for name in BUDGETS} <= METRICS.keys()
    assert METRICS.keys() <= schema()["definitions"]["spec.metrics"]["properties"].keys()
    (both,) = compared([side_by_side((summary, summary), ())])["comparisons"]
    ratios = both["specs"][0]["ratios"]
    assert ratios.keys() == {name for name, metric in METRICS.items() if not metric.per_axis}


def test_what_adds_up_does(summary: Summary) -> None:
    found = NamedNumbers(summary)
    for metric in (metric.name for metric in METRICS.values() if metric.adds):
        parts = [found.of(metric, row) or (0,) for row in summary.rows]
        assert found.of_whole(metric) == (sum(part[0] for part in parts),), metric


# -- bytes ----------------------------------------------------------------------------------------

CONV = "conv: {filters: 8, kernel: 3}"
IN, OUT, WEIGHTS = 3 * 16 * 16, 8 * 14 * 14, 8 * 3 * 3 * 3 + 8

BYTES = {
    "all in fp32": (1, "fp32", 4 * (IN + OUT + WEIGHTS)),
    "weights once for a batch": (5, "fp32", 4 * (5 * (IN + OUT) + WEIGHTS)),
    "half": (2, "bf16", 2 * (2 * (IN + OUT) + WEIGHTS)),
    "a quarter": (2, "int8", 2 * (IN + OUT) + WEIGHTS),
    "maps alone": (2, "fp32+fp16", 2 * 2 * (IN + OUT) + 4 * WEIGHTS),
}


@pytest.mark.parametrize(("batch", "precision", "count"), BYTES.values(), ids=BYTES)
def test_bytes(batch: int, precision: str, count: int) -> None:
    found = numbers("3x16x16", CONV, "relu", "flatten", batch=batch, precision=precision)
    conv, relu, flatten = each(found, "bytes")
    assert (conv, flatten) == (count, 0), "a view moves nothing"
    assert relu == 2 * batch * OUT * found.summary.precision.of_maps
    assert each(found, "intensity") == [
        batch * (2 * 27 + 1) * OUT / count,  # with its bias
        batch * OUT / relu,
        None,
    ]


def test_bytes_of_a_join() -> None:
    found = numbers("4x8x8", "add: {left: [relu], right: [identity]}")
    assert each(found, "bytes")[-1] == 4 * (3 * 4 * 8 * 8)


def test_shared_weights_are_read_again_and_held_once() -> None:
    conv = "{name: a, conv: {filters: 3, kernel: 1}}"
    found = numbers("3x8x8", conv, "{share: a}")
    assert each(found, "size") == [4 * (3 * 3 + 3), 0]
    assert each(found, "bytes") == [4 * (2 * 3 * 8 * 8 + 3 * 3 + 3)] * 2


SIZED = ("lenet5", "resnet18", "densenet121", "swin_t", "vit_b16", "deepspeech2", "neocognitron")


def held_by_torch(name: str) -> int:
    """Bytes of the parameters and buffers of the network in PyTorch, those that it saves."""
    from cnncalc.runtime.lower import lower

    module = lower(load(name), device="meta")
    saved = module.state_dict().keys()
    tensors = [*module.named_parameters(), *module.named_buffers()]
    return sum(one.numel() * one.element_size() for name, one in tensors if name in saved)


@pytest.mark.parametrize("name", SIZED)
def test_size_is_what_pytorch_holds(name: str) -> None:
    assert NamedNumbers(analyze(load(name))).of_whole("size") == (held_by_torch(name),)


@pytest.mark.thorough
@pytest.mark.parametrize("name", networks())
def test_size_of_every_network(name: str) -> None:
    assert NamedNumbers(analyze(load(name))).of_whole("size") == (held_by_torch(name),)


# -- macts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=named)
def test_macs_have_outputs(case: tuple[Layer, tuple[Shape, ...]]) -> None:
    layer, shapes = case
    assert (layer.macts(*shapes) > 0) == (layer.ops(*shapes).macs > 0)


@pytest.mark.parametrize(
    ("item", "shape", "count"),
    [
        ("conv: {filters: 8, kernel: 3}", "3x16x16", 8 * 14 * 14),
        ("linear: 10", "5", 10),
        ("relu", "5", 0),
        # queries, keys and values, the scores of each head, what they weigh, and its projection
        ("attention: 4", "64x10", 3 * 64 * 10 + 4 * 10 * 10 + 2 * 64 * 10),
        # two products for each of three gates
        ("gru: 7", "5x11", 11 * 2 * 3 * 7),
        ("{lstm: {units: 7, projection: 2, bidirectional: true}}", "5x11", 22 * (2 * 4 * 7 + 2)),
    ],
)
def test_macts(item: str, shape: str, count: int) -> None:
    assert numbers(shape, item).of_whole("macts") == (count,)
    assert numbers(shape, item, batch=3).of_whole("macts") == (3 * count,)


def published() -> list[list[str]]:
    with MACTS.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


@pytest.mark.parametrize("row", published(), ids=lambda row: row[0])
def test_macts_are_those_that_timm_publishes(row: list[str]) -> None:
    spec, _, _, millions = row
    found = NamedNumbers(analyze(load(spec))).of_whole("macts") or (0,)
    assert f"{found[0] / 10**6:.2f}" == f"{float(millions):.2f}"


# -- centre ---------------------------------------------------------------------------------------

CENTRES = {
    "nothing padded": (["conv: {filters: 1, kernel: 11, stride: 4}"], 5),
    "all padded": (["conv: {filters: 1, kernel: 7, stride: 2, padding: 3}"], 0),
    # of TensorFlow's padding, 1 in all, nothing stands before
    "same": (["conv: {filters: 1, kernel: 3, stride: 2, padding: same}"], 1),
    "between two": (["max_pool: 2"], 0.5),
    "between four": (["max_pool: 2", "max_pool: 2"], 1.5),
    "before the first": (["conv: {filters: 1, kernel: 2, padding: 1}"], -0.5),
}


@pytest.mark.parametrize(("items", "centre"), CENTRES.values(), ids=CENTRES)
def test_centre(items: list[str], centre: float) -> None:
    assert numbers("1x32x32", *items).of_whole("centre") == (centre, centre)


def test_centre_along_each_axis() -> None:
    found = numbers("1x32x32", "max_pool: 1x4", "flatten", "linear: 2")
    assert each(found, "centre") == [(0, 1.5), None, None]


def test_centres_of_a_feature_pyramid_are_where_its_anchors_are() -> None:
    """A ResNet's maps are centred on the first pixel, at each stride: with the corners aligned."""
    found = NamedNumbers(analyze(load("resnet18")))
    assert (found.of_whole("centre"), found.of_whole("stride")) == ((0, 0), (32, 32))


# -- memory ---------------------------------------------------------------------------------------


def test_what_is_kept_and_alive_is_that_of_a_step() -> None:
    """Of all layers, with the input; of what no step of training has, nothing."""
    graph = load("resnet18")
    found, step = NamedNumbers(analyze(graph, 3)), training(graph)
    assert found.of_whole("kept") == (step.kept_at(3),)
    assert found.of_whole("alive") == (step.peak(3).alive.at(3),)
    layers = [found.of("kept", row) or (0,) for row in found.summary.rows]
    assert sum(one[0] for one in layers) == step.kept_at(3) - 3 * 4 * 3 * 224 * 224
    half = NamedNumbers(analyze(graph, 3, Precision("bf16")))
    assert half.of_whole("kept") == (training(graph, width=2).kept_at(3),)


def test_the_peak_of_a_network_is_of_no_part() -> None:
    graph = load("lenet5")
    found = NamedNumbers(analyze(graph, 3))
    assert found.of_whole("training_memory") == (training(graph).total(3),)
    assert found.of_whole("inference_memory") == (inference(graph).total(3),)
    assert {found.of("training_memory", row) for row in found.summary.rows} == {None}


@pytest.mark.parametrize(
    ("precision", "shape", "layer"),
    [("int8", "3x16x16", CONV), ("fp32+bf16", "3x16", "lstm: 5")],
)
def test_memory_that_is_not_known(precision: str, shape: str, layer: str) -> None:
    found = numbers(shape, layer, precision=precision)
    assert [found.of_whole(metric) for metric in ("kept", "alive")] == [None, None]


def test_what_autocast_keeps() -> None:
    found = numbers("3x16x16", CONV, precision="fp32+bf16")
    step = training(found.summary.graph, autocast="bf16")
    assert found.of_whole("kept") == (step.kept_at(found.summary.batch),)
