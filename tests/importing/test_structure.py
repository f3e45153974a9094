"""Sketches as people write them: networks of the zoo and random ones, read again the same, and no
longer than they were written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import process_time

import pytest
import yaml

from cnncalc import zoo
from cnncalc.analysis.ops import count_ops
from cnncalc.analysis.params import count_params
from cnncalc.diagnostics import Source
from cnncalc.importing.checked import DifferenceError, matched, read_again
from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.flat import heading
from cnncalc.importing.program import ModelCounts, Program, Site
from cnncalc.importing.structure.phrases import SpecFormula
from cnncalc.importing.structure.readable import Body, body, written
from cnncalc.importing.structure.said_simply import said_simply
from cnncalc.importing.structure.written_phrases import PhraseLines
from cnncalc.language.load import load
from cnncalc.language.writing.one_file import in_one_file
from cnncalc.network.graph import Graph
from tests.importing.of_graphs import sketch_of
from tests.sampled import of_the_zoo, sampled
from tests.wiring.specs import spec

SPECS = zoo.networks()
NOT_SAID = {"segnet": "no operation of PyTorch's names the pool that `max_unpool` undoes"}
LARGE = ("resnet1202", "hrnet_w18", "nasnet_a_large", "inception_resnet_v2", "resnet200")


def text_of(sketch: Sketch, found: Body) -> str:
    return str(heading(sketch)._replace(**found._asdict()))


@cache
def made(name: str) -> tuple[Sketch, Body]:
    """A network of the zoo, and its most readable form."""
    sketch = said_simply(sketch_of(load(str(SPECS[name]))))
    return sketch, body(sketch, blocks=True, rules=True)


def by_hand(path: Path) -> int:
    """The lines of `blocks` and `layers` in a spec, those of what it includes among them."""
    text, section, count = in_one_file(Source(str(path), path.read_text()), path), "", 0
    for line in text.splitlines():
        if re.match(r"\w", line):
            section = line.partition(":")[0]
        elif section in ("blocks", "layers") and line.strip() and not line.strip().startswith("#"):
            count += 1
    return count


def numbers(graph: Graph) -> tuple[int, int]:
    """Parameters and MACs."""
    params = sum(each.total for each in count_params(graph).values())
    return params, sum(each.macs for each in count_ops(graph).values())


def faults(sketch: Sketch, found: Body) -> Iterator[str]:
    """What does not hold of a form of a sketch."""
    text = text_of(sketch, found)
    try:
        list(matched(read_again(text), sketch))
    except DifferenceError as error:
        yield f"{error}\n{text}"


QUICK = [name for name in SPECS if name not in NOT_SAID and name not in LARGE]


@pytest.mark.parametrize("name", of_the_zoo(QUICK))
def test_networks_of_the_zoo(name: str) -> None:
    read_the_same(name)


@pytest.mark.thorough
@pytest.mark.parametrize("name", LARGE)
def test_large_networks(name: str) -> None:
    read_the_same(name)


def read_the_same(name: str) -> None:
    sketch, found = made(name)
    assert not [*faults(sketch, found)]
    assert numbers(read_again(text_of(sketch, found))) == numbers(load(str(SPECS[name])))


def test_none_is_longer_than_flat() -> None:
    for name in ("lenet5_1998", "perceiver", "rnn"):
        sketch, _ = made(name)
        first = next(written(sketch, {}))
        assert len([*first.blocks, *first.layers]) <= len(sketch.layers)


@pytest.mark.parametrize(
    "name",
    sampled(
        [
            *("resnet50", "resnet18", "swin_t", "googlenet", "mobilenet_v2", "mobilenet_v1"),
            *("vit_b16", "vgg16", "inception_v3", "squeezenet1_0", "densenet121", "unet"),
            *("convnext_t", "se_resnet50", "shufflenet_v2", "maxvit_t", "mobilevit_s"),
            *("xception", "inception_v4"),
        ],
        2,
    ),
)
def test_no_longer_than_by_hand(name: str) -> None:
    assert made(name)[1].lines <= by_hand(SPECS[name])


def test_lines_of_large_networks_are_a_fifth() -> None:
    """The median of those with a hundred layers or more; the smallest are as long by hand, too."""
    shares = []
    for name in QUICK[3::6]:
        sketch, found = made(name)
        if len(sketch.layers) >= 100:
            shares.append(found.lines / len(sketch.layers))
    assert sorted(shares)[len(shares) // 2] <= 1 / 5


def random_sketches(seeds: range) -> Iterator[tuple[int, Sketch]]:
    for seed in seeds:
        try:
            graph = read_again(spec(seed))
        except DifferenceError:
            continue  # not every one is sound
        sketch = said_simply(sketch_of(graph))
        if sketch.layers and len(sketch.layers) <= 400:
            yield seed, sketch


def all_read_the_same(seeds: range) -> int:
    """How many networks of these seeds were."""
    found = dict(random_sketches(seeds))
    assert not [
        (seed, fault)
        for seed, sketch in found.items()
        for fault in faults(sketch, body(sketch, blocks=True, rules=True))
    ]
    return len(found)


@pytest.mark.parametrize("first", range(0, 150, 50))
def test_random_networks(first: int) -> None:
    assert all_read_the_same(range(first, first + 50)) > 40


@pytest.mark.thorough
@pytest.mark.parametrize("first", range(1_000, 11_000, 500))
def test_many_random_networks(first: int) -> None:
    assert all_read_the_same(range(first, first + 500)) > 400


# -- what is inferred, and what is not --------------------------------------------------------


def network(*layers: Draft, modules: dict[str, str]) -> Sketch:
    program = Program("net", "", 1, {}, {}, (), {}, modules, ModelCounts(0))
    first = layers[0].inputs[0]
    return Sketch(program, {"image": first}, layers, {"output": layers[-1]}, {})


def bottlenecks(*widths: int) -> Sketch:
    """Blocks of a convolution that makes so many channels, and one that makes four times more."""
    arrives = Draft.of_input("image", (8, 16, 16))
    layers: list[Draft] = []
    modules = {}
    for number, width in enumerate(widths):
        modules[f"{number}"] = "Neck"
        for name, filters in (("narrow", width), ("wide", 4 * width)):
            fields = {"filters": filters, "kernel": 3, "padding": 1}
            site = Site(f"{number}.{name}", "Conv2d")
            layers.append(Draft("conv", fields, [layers[-1] if layers else arrives], site))
            for kind in ("relu", "tanh", "sigmoid"):
                layers.append(Draft(kind, {}, [layers[-1]], Site(f"{number}", "Neck")))
    return said_simply(network(*layers, modules=modules))


def test_a_rule_needs_three_instances() -> None:
    """Of two it may be by chance: both widths are arguments."""
    two, three = (
        "\n".join(body(bottlenecks(*widths), blocks=True, rules=True).blocks)
        for widths in ((8, 16), (8, 16, 24))
    )
    assert "args: {filters: , hidden: }" in two
    assert "4 *" not in two
    assert "args: {filters: }" in three
    assert "conv: {filters: 4 * in_channels, kernel: 3}" in three


CALLED = {
    "InvertedResidual": "inverted_residual",
    "No": "no_block",
    "On": "on_block",
    "NULL": "null_block",
    "Y": "y_block",
    "Conv": "conv_block",
    "Input": "input_block",
    "_2Paths": "block_2_paths",
    "Блок": "block",
    "BlocÉté": "bloc_t",
}


@pytest.mark.parametrize(("of", "name"), CALLED.items())
def test_a_block_is_called_what_any_yaml_reads_as_a_name(of: str, name: str) -> None:
    sketch = bottlenecks(8, 16, 24)
    modules = dict.fromkeys(sketch.program.modules, of)
    renamed = sketch._replace(program=sketch.program._replace(modules=modules))
    found = body(renamed, blocks=True, rules=True)
    assert [*yaml.safe_load("\n".join(found.blocks))] == [name]
    assert not [*faults(renamed, found)]


@pytest.mark.parametrize("formula", ["2 * filters", 'kind == "a"', "a: b", "a\\b", "größe", "[x"])
def test_a_formula_is_read_as_it_was(formula: str) -> None:
    fields = {"conv": {"filters": SpecFormula(formula)}}
    (line,) = PhraseLines({}, fields, {}).defaults()
    assert yaml.safe_load(line) == {"conv": {"filters": formula}}


def test_without_rules_there_are_arguments() -> None:
    found = body(bottlenecks(8, 16, 24), blocks=True, rules=False)
    assert "args: {filters: , hidden: }" in "\n".join(found.blocks)


def test_each_level_is_read_the_same() -> None:
    sketch = said_simply(sketch_of(load("resnet18")))
    texts = [str(text) for text in written(sketch, {})]
    assert len(texts) == 4
    for text in texts:
        assert len([*matched(read_again(text), sketch)]) == len(sketch.layers) + 1


def test_a_network_like_mobilenet() -> None:
    """A part that the first block lacks, a shortcut where it fits, rows of blocks as repeats."""
    sketch = said_simply(sketch_of(load("mobilenet_v2")))
    found = body(sketch, blocks=True, rules=True)
    assert "shortcut: {when: stride == 1 and in_channels == filters, layers: [identity]}" in (
        "\n".join(found.blocks)
    )
    assert "  - {inverted_residual: 64, repeat: 4, first: {stride: 2}}" in found.layers


def test_long_skips_have_names() -> None:
    found = body(said_simply(sketch_of(load("unet"))), blocks=True, rules=True)
    assert "  - {name: up4, up: {skip: down4, size: 4}}" in found.layers


def test_names_say_something() -> None:
    """No `features_3`: what a module is called alone, or nothing."""
    for name in ("resnet50", "mobilenet_v2", "densenet121", "vgg16"):
        layers = body(said_simply(sketch_of(load(name))), blocks=True, rules=True).layers
        assert not any(re.search(r"name: \w*(features|layers|blocks)", line) for line in layers)


def test_modules_that_run_again() -> None:
    """The head that looks at each level of a pyramid is written once."""
    layers = made("faster_rcnn")[1].layers
    assert sum("share: rpn" in line for line in layers) == 4


def test_blocks_without_a_class() -> None:
    """Of a model that is one long list, rows of layers that come again are blocks."""
    sketch = said_simply(sketch_of(load("vgg16")))
    found = body(
        sketch._replace(program=sketch.program._replace(modules={})), blocks=True, rules=True
    )
    assert found.blocks[0] == "  conv_relu:"
    assert "  - {conv_relu: 256, repeat: 3}" in [
        re.sub("name: conv3, ", "", line) for line in found.layers
    ]


def test_what_is_joined_again_and_again() -> None:
    """A DenseNet as PyTorch's has it, all maps so far joined before each layer, is read as one that
    joins two at a time."""
    arrives = Draft.of_input("image", (8, 16, 16))
    maps, joined = [arrives], arrives
    layers: list[Draft] = []
    for number in range(4):
        fields = {"filters": 4, "kernel": 3, "padding": 1}
        layers.append(Draft("conv", fields, [joined], Site(f"dense.{number}.conv", "Conv2d")))
        maps.append(layers[-1])
        joined = Draft("concat", {}, maps, Site(f"dense.{number + 1}", "Layer"))
        layers.append(joined)
    sketch = said_simply(network(*layers, modules={"dense": "Dense"}))
    found = body(sketch, blocks=True, rules=True)
    assert "repeat: 4" in "".join(found.layers)
    assert not [*faults(sketch, found)]


def chain(layers: int) -> Sketch:
    """Residual blocks, one behind another."""
    before, modules = Draft.of_input("image", (8, 4, 4)), {}
    found: list[Draft] = []
    for number in range(layers // 2):
        fields = {"filters": 8, "kernel": 3, "padding": 1}
        conv = Draft("conv", fields, [before], Site(f"body.{number}.conv", "Conv2d"))
        before = Draft("add", {}, [conv, before], Site(f"body.{number}", "Block"))
        modules[f"body.{number}"] = "Block"
        found += [conv, before]
    return network(*found, modules=modules)


@pytest.mark.thorough
def test_time_grows_as_the_layers() -> None:
    """Of 10,000 layers at most six times that of 2,500; four, and what else runs meanwhile."""
    times = []
    for layers in (2_500, 10_000):
        sketch = chain(layers)
        start = process_time()
        assert body(sketch, blocks=True, rules=True).lines < 10
        times.append(process_time() - start)
    assert times[1] < 6 * times[0]
