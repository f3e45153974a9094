"""Receptive fields as published: Araujo, Norris, Sim, "Computing receptive fields of convolutional
neural networks", Distill 2019, whose table has the size, the stride and the padding of every end
point of 19 networks, at several resolutions."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.receptive import Receptive, receptive_fields
from cnncalc.language.given import Argument
from cnncalc.language.load import load
from cnncalc.network.graph import Graph, Node
from cnncalc.zoo import find

TESTS = Path(__file__).parents[1]
FIXTURES = TESTS / "fixtures" / "receptive"
TABLE = TESTS / "reference" / "receptive_fields.csv"


class Published(NamedTuple):
    """A row of the table. `padding`: nothing where it depends on the resolution, or branches are
    apart."""

    network: str
    input: str
    end_point: str
    receptive_field: str
    stride: str
    padding: str


class Spec(NamedTuple):
    """Which of our networks it is, with which arguments; the paths of the end points in order,
    where they are called otherwise."""

    name: str
    arguments: Mapping[str, Argument] = MappingProxyType({})
    paths: tuple[str, ...] = ()


def vgg(*convolutions: int) -> tuple[str, ...]:
    """The end points of the table: the first two convolutions of each stage, in the first two
    stages the first, and the pools."""
    found: list[str] = []
    for stage, count in enumerate(convolutions, 1):
        own = [f"conv{stage}"] if count == 1 else [f"conv{stage}.{i}" for i in range(count)]
        pool = "max_pool" if stage == 1 else f"max_pool_{stage}"
        found += [*own[: 1 if stage < 3 else 2], pool]
    return tuple(found)


RESIDUAL = (
    *("stem.halving", "stem.conv_bn", "stem.conv_bn_2", "stem.max_pool"),
    *("stem.conv_bn_3", "stem.conv_bn_4", "stem.max_pool_2", "stem.concat"),
    *("reduction_a", "b", "reduction_b", "wide"),
)

SEPARABLE = (
    "conv_bn_relu",
    *(f"separable.{i}" for i in range(6)),
    *(f"separable.6.{i}" for i in range(5)),
    *("separable.7", "separable.8"),
)

V3 = "conv1 conv2 conv3 pool1 conv4 conv5 pool2 35a 35b 35c to17 17a 17b 17c 17d to8 8a 8b"

DEPTHS = {50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3], 200: [3, 24, 36, 3]}

IN_THE_SPECS = {
    "alexnet_v2": Spec("alexnet_v2"),
    "vgg_a": Spec("vgg11", paths=vgg(1, 1, 2, 2, 2)),
    "vgg_16": Spec("vgg16", paths=vgg(2, 2, 3, 3, 3)),
    "inception_v2": Spec("inception_v2"),
    "inception_v2-no-separable-conv": Spec("inception_v2", {"separable": False}),
    "inception_v3": Spec("inception_v3", paths=tuple(V3.split())),
    "inception_v4": Spec(
        "inception_v4",
        paths=(
            *("stem.halving", "stem.conv_bn", "stem.conv_bn_2"),
            *("stem.to73", "stem.to71", "stem.to35"),
            *(f"a.{i}" for i in range(4)),
            "reduction_a",
            *(f"b.{i}" for i in range(7)),
            "reduction_b",
            *(f"c.{i}" for i in range(3)),
        ),
    ),
    "inception_resnet_v2": Spec("inception_resnet_v2", paths=RESIDUAL),
    "inception_resnet_v2-same": Spec("inception_resnet_v2_same", paths=RESIDUAL),
    "mobilenet_v1": Spec("mobilenet_v1", paths=SEPARABLE),
    "mobilenet_v1_075": Spec("mobilenet_v1", {"width": 0.75}, SEPARABLE),
    **{
        f"resnet_v{version}_{layers}": Spec(f"resnet_v{version}", {"depths": depths})
        for version in (1, 2)
        for layers, depths in DEPTHS.items()
    },
}


def table() -> Iterator[Published]:
    """The rows."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        yield from (Published(*row) for row in list(csv.reader(file))[1:])


@cache
def rows() -> dict[tuple[str, str], list[Published]]:
    """Those of each network at each resolution, in order."""
    found: dict[tuple[str, str], list[Published]] = {}
    for row in table():
        found.setdefault((row.network, row.input), []).append(row)
    return found


def graph_of(spec: Spec, size: str) -> Graph:
    """Our network, its input so large; as it is written where the table says none."""
    own = FIXTURES / f"{spec.name}.yaml"
    path = own if own.exists() else find(spec.name)
    assert path
    return load(path, args=spec.arguments, input=f"3x{size}x{size}" if size else None)


def at(graph: Graph, path: str) -> Node:
    """The layer at a path, or the last of a part."""
    group = graph.groups.get(path)
    found = graph.layers[group.last - 1] if group else graph.find(path)
    assert found, path
    return found


def along(receptive: Receptive, row: Published) -> list[tuple[str, str, str]]:
    """Size, stride and padding along each axis, as the table writes them."""
    return [
        (f"{axis.size}", f"{axis.stride}", f"{-(axis.offset or 0)}" if row.padding else "")
        for axis in receptive.axes or ()
    ]


def test_the_table_is_whole() -> None:
    assert sum(map(len, rows().values())) == 561
    assert {network for network, _ in rows()} == IN_THE_SPECS.keys()


@pytest.mark.parametrize("size", ["", "224", "321"])
@pytest.mark.parametrize("network", IN_THE_SPECS)
def test_published(network: str, size: str) -> None:
    spec, published = IN_THE_SPECS[network], rows()[network, size]
    graph = graph_of(spec, size)
    fields = receptive_fields(graph)
    paths = spec.paths or [row.end_point for row in published]
    ends = list(zip(paths, published, strict=True))
    wanted = {path: [(row.receptive_field, row.stride, row.padding)] * 2 for path, row in ends}
    assert {path: along(fields[at(graph, path)], row) for path, row in ends} == wanted


def test_inception_v2_is_that_network() -> None:
    """Its own test, inception_v2_test.py, counts each batch norm's two running statistics too."""
    summary = analyze(graph_of(Spec("inception_v2"), ""))
    normed = sum(row.node.shape[0] for row in summary.rows if row.node.kind == "batch_norm")
    assert summary.totals.params.total + 2 * normed == 10_173_112


def test_resnet_v1_is_that_network() -> None:
    """ResNet-50 without its classifier."""
    params = analyze(graph_of(Spec("resnet_v1"), "")).totals.params.total
    assert params == 25_557_032 - (2048 + 1) * 1000
