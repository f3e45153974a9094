"""What stands around the layers: other files, arguments from outside, inputs, outputs, fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import SpecError, load, read
from cnncalc.layers.base import times
from cnncalc.network.graph import Graph
from cnncalc.report.findings.to_text import render
from tests.language.reading import fault, faults, graph, shapes, spec


def written(folder: Path, **files: str) -> Path:
    """Files, by name; the path of the first."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / f"{next(iter(files))}.yaml"


def read_in(folder: Path, **files: str) -> Graph:
    """The graph of the first of some files."""
    diagnostics = Diagnostics()
    found = read(str(written(folder, **files)), diagnostics)
    assert found is not None, render(diagnostics)
    return found


def output_in(folder: Path, **files: str) -> str:
    """The output's shape of the first of some files."""
    return times(read_in(folder, **files).output.shape)


def codes_in(folder: Path, **files: str) -> list[str]:
    """What is wrong with the first of some files."""
    diagnostics = Diagnostics()
    assert read(str(written(folder, **files)), diagnostics) is None
    return [diagnostic.code for diagnostic in diagnostics]


UNIT = "blocks: {unit: {args: {n: 4}, layers: [{linear: n}]}}\n"
HEAD = "input: 3\n"

# -- include --------------------------------------------------------------------------------

INCLUDED: dict[str, tuple[dict[str, str], str]] = {
    "blocks": ({"a": f"include: b.yaml\n{HEAD}layers: [unit]", "b": UNIT}, "4"),
    "a list": ({"a": f"include: [b.yaml]\n{HEAD}layers: [unit]", "b": UNIT}, "4"),
    "defaults": (
        {"a": f"include: b.yaml\n{HEAD}layers: [linear]", "b": "defaults: {linear: {units: 7}}"},
        "7",
    ),
    "own defaults win": (
        {
            "a": f"include: b.yaml\n{HEAD}defaults: {{linear: {{units: 8}}}}\nlayers: [linear]",
            "b": "defaults: {linear: {units: 7}}",
        },
        "8",
    ),
    "own blocks win": (
        {
            "a": f"include: b.yaml\n{HEAD}blocks: {{unit: {{layers: [tanh]}}}}\nlayers: [unit]",
            "b": UNIT,
        },
        "3",
    ),
    "through another": (
        {"a": f"include: b.yaml\n{HEAD}layers: [unit]", "b": "include: c.yaml", "c": UNIT},
        "4",
    ),
    "a diamond": (
        {
            "a": f"include: [b.yaml, c.yaml]\n{HEAD}layers: [unit]",
            "b": "include: d.yaml",
            "c": "include: d.yaml",
            "d": UNIT,
        },
        "4",
    ),
    "a whole spec": (
        {"a": f"include: b.yaml\n{HEAD}layers: [unit]", "b": f"{UNIT}input: 9\nlayers: [relu]"},
        "4",
    ),
    "blocks that call each other": (
        {
            "a": f"include: [b.yaml, c.yaml]\n{HEAD}layers: [outer]",
            "b": "blocks: {outer: {layers: [unit]}}",
            "c": UNIT,
        },
        "4",
    ),
}


@pytest.mark.parametrize(("files", "expected"), INCLUDED.values(), ids=INCLUDED)
def test_include(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert output_in(tmp_path, **files) == expected


NOT_INCLUDED: dict[str, tuple[dict[str, str], list[str]]] = {
    "missing": ({"a": f"include: b.yaml\n{HEAD}layers: [relu]"}, ["CNN107"]),
    "itself": ({"a": f"include: a.yaml\n{HEAD}layers: [relu]"}, ["CNN510"]),
    "a circle": (
        {"a": f"include: b.yaml\n{HEAD}layers: [relu]", "b": "include: a.yaml"},
        ["CNN510"],
    ),
    "two of one name": (
        {
            "a": f"include: [b.yaml, c.yaml]\n{HEAD}layers: [unit]",
            "b": UNIT,
            "c": "blocks: {unit: {layers: [relu]}}",
        },
        ["CNN509"],
    ),
    "not YAML": ({"a": f"include: b.yaml\n{HEAD}layers: [relu]", "b": "blocks: {"}, ["CNN101"]),
    "not a file": ({"a": f"include: {{b: c}}\n{HEAD}layers: [relu]"}, ["CNN510"]),
    "nothing": ({"a": f"include:\n{HEAD}layers: [relu]"}, ["CNN510"]),
    "arguments of the library": (
        {"a": f"include: b.yaml\n{HEAD}layers: [{{linear: width}}]", "b": "args: {width: 3}"},
        ["CNN501"],
    ),
    "a fault in a block of the library": (
        {"a": f"include: b.yaml\n{HEAD}layers: [unit]", "b": "blocks: {unit: {layers: [rellu]}}"},
        ["CNN201"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), NOT_INCLUDED.values(), ids=NOT_INCLUDED)
def test_include_refused(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert codes_in(tmp_path, **files) == expected


def test_a_chain_of_seventeen_files(tmp_path: Path) -> None:
    files = {f"f{n}": f"include: f{n + 1}.yaml\n{HEAD}layers: [relu]" for n in range(20)}
    assert codes_in(tmp_path, **files) == ["CNN510"]


def test_other_files_are_found_beside_the_one_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    written(tmp_path / "library", b="include: c.yaml", c=UNIT)
    assert output_in(tmp_path, a=f"include: library/b.yaml\n{HEAD}layers: [unit]") == "4"


# -- extends --------------------------------------------------------------------------------

BASE = """\
name: Base
about: the base
source: somewhere
input: 3
args: {width: 4, depth: 1}
layers:
  - {linear: width, repeat: depth}
expect:
  params: 99
"""

EXTENDED: dict[str, tuple[str, int, str]] = {
    "an argument": ("extends: base.yaml\nargs: {width: 9}", 1, "9"),
    "the other argument": ("extends: base.yaml\nargs: {depth: 3}", 3, "4"),
    "the input": ("extends: base.yaml\ninput: 5", 1, "4"),
    "the layers": ("extends: base.yaml\nlayers: [{linear: width + depth}]", 1, "5"),
    "defaults": ("extends: base.yaml\ndefaults: {linear: {bias: false}}", 1, "4"),
}


@pytest.mark.parametrize(("text", "layers", "output"), EXTENDED.values(), ids=EXTENDED)
def test_extends(tmp_path: Path, text: str, layers: int, output: str) -> None:
    found = read_in(tmp_path, a=text, base=BASE)
    assert (len(found.layers), times(found.output.shape)) == (layers, output)


def test_what_speaks_of_the_base_is_not_taken_over(tmp_path: Path) -> None:
    found = read_in(tmp_path, a="extends: base.yaml", base=BASE)
    assert (found.name, found.about, found.expect) == ("a", "", ())


def test_extends_through_another(tmp_path: Path) -> None:
    files = {"a": "extends: b.yaml", "b": "extends: base.yaml\nargs: {width: 6}", "base": BASE}
    assert output_in(tmp_path, **files) == "6"


def test_blocks_of_the_base_are_replaced_one_by_one(tmp_path: Path) -> None:
    base = f"{HEAD}blocks: {{x: {{layers: [{{linear: 5}}]}}, y: {{layers: [x]}}}}\nlayers: [y]"
    own = "extends: base.yaml\nblocks: {x: {layers: [{linear: 6}]}}"
    assert output_in(tmp_path, a=own, base=base) == "6"


def test_defaults_of_the_base_are_replaced_field_by_field(tmp_path: Path) -> None:
    base = "input: 3x8x8\ndefaults: {conv: {kernel: 3, filters: 4}}\nlayers: [conv]"
    own = "extends: base.yaml\ndefaults: {conv: {filters: 5}}"
    assert output_in(tmp_path, a=own, base=base) == "5x6x6"


NOT_EXTENDED: dict[str, tuple[dict[str, str], list[str]]] = {
    "missing": ({"a": "extends: b.yaml"}, ["CNN107"]),
    "itself": ({"a": "extends: a.yaml"}, ["CNN510"]),
    "a circle": ({"a": "extends: b.yaml", "b": "extends: a.yaml"}, ["CNN510"]),
    "a list": ({"a": "extends: [b.yaml]", "b": BASE}, ["CNN510"]),
    "no spec": ({"a": "extends: b.yaml", "b": "- relu"}, ["CNN108"]),
    "a fault in the base": (
        {"a": "extends: b.yaml\nargs: {width: 0}", "b": BASE},
        ["CNN205"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), NOT_EXTENDED.values(), ids=NOT_EXTENDED)
def test_extends_refused(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    assert codes_in(tmp_path, **files) == expected


# -- defaults -------------------------------------------------------------------------------

DEFAULTS = {
    "a field": ("{conv: {kernel: 3}}", "conv: 4", "4x6x6"),
    "the item wins": ("{conv: {kernel: 3}}", "conv: {filters: 4, kernel: 1}", "4x8x8"),
    "the main field": ("{conv: {kernel: 3, filters: 5}}", "conv", "5x6x6"),
    "an expression": ("{conv: {kernel: in_channels}}", "conv: 4", "4x6x6"),
    "another kind": ("{linear: {bias: false}}", "conv: {filters: 4, kernel: 3}", "4x6x6"),
    "a field left out": ("{conv: {kernel: 3}}", "conv: {filters: 4, kernel: }", "4x6x6"),
}


@pytest.mark.parametrize(("defaults", "layer", "shape"), DEFAULTS.values(), ids=DEFAULTS)
def test_defaults(defaults: str, layer: str, shape: str) -> None:
    text = spec(layer, head=f"input: 3x8x8\ndefaults: {defaults}")
    assert shapes(text) == {"conv": shape}


# -- --set ----------------------------------------------------------------------------------

ARGS = spec(
    "{linear: width, repeat: depth}", head="input: size\nargs: {size: 3, width: 4, depth: 1}"
)
LIST = spec('linear: "widths[1]"', head="input: 3\nargs: {widths: [1, 2]}")

SET: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "nothing": (ARGS, {}, {"linear.0": "4"}),
    "a number": (ARGS, {"width": "9"}, {"linear.0": "9"}),
    "two": (ARGS, {"width": "9", "depth": "2"}, {"linear.0": "9", "linear.1": "9"}),
    "an expression": (ARGS, {"width": "2 * 8"}, {"linear.0": "16"}),
    "an argument that stands before": (ARGS, {"width": "size + 1"}, {"linear.0": "4"}),
    "a list": (LIST, {"widths": "[5, 6]"}, {"linear": "6"}),
    "required": (spec("linear: n", head="input: 3\nargs: {n: }"), {"n": "5"}, {"linear": "5"}),
}


@pytest.mark.parametrize(("text", "overrides", "expected"), SET.values(), ids=SET)
def test_set(text: str, overrides: dict[str, str], expected: dict[str, str]) -> None:
    assert shapes(text, **overrides) == expected


WRONG_SET = {
    "unknown": ({"widht": "3"}, "CNN512", "--set widht=3"),
    "empty": ({"width": ""}, "CNN505", "--set width="),
    "not YAML": ({"width": "[1"}, "CNN101", "--set width=[1"),
    "a mapping": ({"width": "{a: 1}"}, "CNN204", "--set width={a: 1}"),
    "no number": ({"width": "010"}, "CNN502", "--set width=010"),
    "a word": ({"width": "wide"}, "CNN501", "--set width=wide"),
    "an alias": ({"width": "*a"}, "CNN103", "--set width=*a"),
    "a control character": ({"width": "\x07"}, "CNN107", "--set width=\x07"),
    "half a character": ({"width": "\udc80"}, "CNN107", "--set width=\udc80"),
}


@pytest.mark.parametrize(("overrides", "code", "place"), WRONG_SET.values(), ids=WRONG_SET)
def test_set_refused(overrides: dict[str, str], code: str, place: str) -> None:
    found = fault(ARGS, **overrides)
    assert (found.code, found.span.source.name) == (code, place)


def test_load_takes_arguments_as_values(tmp_path: Path) -> None:
    path = written(tmp_path, a=ARGS, b=LIST)
    assert times(load(path, args={"width": 9}).output.shape) == "9"
    assert times(load(tmp_path / "b.yaml", args={"widths": [7, 8]}).output.shape) == "8"


def test_load_raises_with_every_diagnostic(tmp_path: Path) -> None:
    path = written(tmp_path, a=spec("rellu", "linear: 0"))
    with pytest.raises(SpecError, match=r"a\.yaml:3:5: CNN201 there is no layer kind") as raised:
        load(path)
    assert len(raised.value.diagnostics) == 2


# -- args -----------------------------------------------------------------------------------


def test_arguments_use_those_before_them() -> None:
    text = spec("linear: b", head="input: 3\nargs: {a: 4, b: 2 * a}")
    assert shapes(text) == {"linear": f"{2 * 4}"}


def test_what_depends_on_a_wrong_argument_stays_quiet() -> None:
    text = spec("linear: b", "rellu", head="input: a\nargs: {a: 1 // 0, b: 2 * a}")
    assert [found.code for found in faults(text)] == ["CNN504", "CNN201"]


# -- inputs and outputs ---------------------------------------------------------------------

INPUTS = {
    "a vector": ("10", (10,)),
    "a signal": ("3x16000", (3, 16_000)),
    "an image": ("3x32x32", (3, 32, 32)),
    "a clip": ("3x16x112x112", (3, 16, 112, 112)),
    "a list": ("[3, 32, 32]", (3, 32, 32)),
    "expressions": ("[3, 4 * 8, 2 ** 5]", (3, 32, 32)),
}


@pytest.mark.parametrize(("text", "shape"), INPUTS.values(), ids=INPUTS)
def test_input(text: str, shape: tuple[int, ...]) -> None:
    found = graph(spec("relu", head=f"input: {text}")).inputs
    assert {name: node.shape for name, node in found.items()} == {"input": shape}


def test_several_inputs() -> None:
    found = graph(spec("concat: [l, r]", head="input: {l: 3x8x8, r: 1x8x8}")).inputs
    assert {name: node.shape for name, node in found.items()} == {"l": (3, 8, 8), "r": (1, 8, 8)}


WRONG_INPUT = {
    "zero": "0x32x32",
    "negative": "[3, -1, 32]",
    "a fraction": "[3, 1.5, 32]",
    "five sizes": "1x3x16x32x32",
    "a word": "image",
    "a truth": "true",
    "an empty list": "[]",
    "an empty mapping": "{}",
    "a list in a list": "[[3, 32, 32]]",
    "too large": "[3, 10**10, 3]",
}


@pytest.mark.parametrize("text", WRONG_INPUT.values(), ids=WRONG_INPUT)
def test_input_refused(text: str) -> None:
    """Once, though layers follow that would read it."""
    assert (
        fault(spec("conv: {filters: in_channels, kernel: 3}", head=f"input: {text}")).code
        == "CNN210"
    )


NAMES = ["{relu: , name: a}", "{tanh: , name: b}"]
OUTPUTS = {
    "a name": ("{x: a}", {"x": "a"}),
    "layers": ("{x: {from: a, layers: [silu, gelu]}}", {"x": "x.gelu"}),
    "no layers": ("{x: {from: a}}", {"x": "a"}),
    "two": ("{x: a, y: {from: b, layers: [silu]}}", {"x": "a", "y": "y.silu"}),
    "one reads another": (
        "{x: {from: a, layers: [silu]}, y: {from: x, layers: [gelu]}}",
        {"x": "x.silu", "y": "y.gelu"},
    ),
    "left out": ("{x: {from: a, when: false, layers: [silu]}}", {}),
}


@pytest.mark.parametrize(("outputs", "expected"), OUTPUTS.values(), ids=OUTPUTS)
def test_outputs(outputs: str, expected: dict[str, str]) -> None:
    found = graph(spec(*NAMES) + f"outputs: {outputs}")
    assert {name: node.path for name, node in found.outputs.items()} == expected
    assert found.output.path == "b"


WRONG_OUTPUTS = {
    "unknown layer": ("{x: c}", "CNN301"),
    "no from": ("{x: {layers: [silu]}}", "CNN306"),
    "a list": ("{x: [silu]}", "CNN306"),
    "nothing": ("{x: }", "CNN306"),
    "a name that is taken": ("{a: b}", "CNN302"),
    "a name with a dot": ("{a.x: b}", "CNN305"),
    "an unknown key": ("{x: {from: a, layer: [silu]}}", "CNN110"),
    "an unknown kind": ("{x: {from: a, layers: [sillu]}}", "CNN201"),
}


@pytest.mark.parametrize(("outputs", "code"), WRONG_OUTPUTS.values(), ids=WRONG_OUTPUTS)
def test_outputs_refused(outputs: str, code: str) -> None:
    assert fault(spec(*NAMES) + f"outputs: {outputs}").code == code


# -- fit ------------------------------------------------------------------------------------

FIT = {
    "conv": ("conv: {filters: 1, kernel: 3, stride: 3}", "`conv`", "the last row or column is"),
    "pool": ("max_pool: 5", "`max_pool`", "the last 2 rows or columns are"),
}


@pytest.mark.parametrize(("layer", "kind", "lines"), FIT.values(), ids=FIT)
def test_strict_fit(layer: str, kind: str, lines: str) -> None:
    """(7 - 3)/3 + 1 and (7 - 5)/5 + 1 are not whole."""
    loose, strict = (spec(layer, head=f"input: 1x7x7\nfit: {fit}") for fit in ("floor", "strict"))
    assert len(graph(loose).layers) == 1
    assert fault(strict).code == "CNN405"
    assert fault(strict).message == f"{kind} does not fit 1x7x7: {lines} never read"


def test_ceil_reads_the_rest() -> None:
    layer = "max_pool: {kernel: 2, rounding: ceil}"
    assert shapes(spec(layer, head="input: 1x7x7\nfit: strict")) == {"max_pool": "1x4x4"}
