"""The library: what its functions take, what their values print, and what is refused."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import cnncalc
from cnncalc.commands.analyze import HowToAnalyze
from cnncalc.commands.analyze import analyze as analyze_command
from cnncalc.commands.check import check as check_command
from cnncalc.commands.compare import HowToCompare
from cnncalc.commands.compare import compare as compare_command
from cnncalc.commands.export import export as export_command
from cnncalc.diagnostics import Diagnostic, Source, Span
from cnncalc.report.table.outline import SCREEN
from cnncalc.zoo import networks
from tests.output.hostile import check_html

ROOT = Path(__file__).parents[1]
VECTOR = "input: 3x8x8\nargs: {units: 5, rates: [0.1], word: 1}\n"
SPEC = f"{VECTOR}layers: [flatten, {{linear: units}}, {{dropout: 'rates[0]'}}]\n"
TWO = """
input: {left: 3x8x8, right: 3x8x8}
layers:
  - concat: {a: left, b: right}
"""
NAMED = "input: {image: 3x8x8}\nlayers: [{from: image, relu: }]\n"


def run(code: str, folder: Path = ROOT) -> str:
    """What a program prints, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


# -- names ----------------------------------------------------------------------------------


def test_every_name_is_there_and_told() -> None:
    assert set(cnncalc.__all__) == {*cnncalc._HOMES, "__version__"}
    assert set(cnncalc.__all__) <= set(dir(cnncalc))
    assert all(getattr(cnncalc, name).__doc__ for name in cnncalc.__all__)
    with pytest.raises(AttributeError, match="module 'cnncalc' has no attribute 'lode'"):
        cnncalc.lode  # type: ignore[attr-defined]  # noqa: B018


def test_importing_loads_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import cnncalc; print(*set(sys.modules) - before)"
    )
    assert set(run(code).split()) <= {"__future__", "cnncalc", "cnncalc.display"}


def test_analyzing_loads_neither_numpy_nor_torch() -> None:
    code = "import sys, cnncalc; cnncalc.analyze('lenet5'); print(*sys.modules)"
    assert not {"numpy", "torch", "rich", "typer", "json", "cnncalc.report.shown"} & {
        *run(code).split()
    }


def test_what_is_there_without_torch() -> None:
    code = "\n".join(
        [
            "import sys; sys.modules['torch'] = None",
            "import cnncalc",
            "for name in cnncalc.__all__: getattr(cnncalc, name)",
            "for function in (cnncalc.lower, cnncalc.verify):",
            "    try: function('lenet5')",
            "    except ModuleNotFoundError as error: print(error.name, error)",
            "try: cnncalc.export('lenet5', 'x.onnx', format='onnx')",
            "except ModuleNotFoundError as error: print(error.name, error)",
        ]
    )
    lower, verify, onnx = run(code).splitlines()
    assert lower == "torch `lower` needs torch: pip install 'cnncalc[torch]'"
    assert verify == "torch `verify` needs torch: pip install 'cnncalc[torch]'"
    assert onnx.endswith("pip install 'cnncalc[onnx]'")


# -- load and loads -------------------------------------------------------------------------


class Whole:
    """A number of some other library."""

    def __index__(self) -> int:
        return 7


ARGS: dict[str, tuple[dict[str, Any], int, float]] = {
    "none": ({}, 5, 0.1),
    "a number": ({"units": 9}, 9, 0.1),
    "a text": ({"units": "2 * 3"}, 2 * 3, 0.1),
    "of numpy": ({"units": np.int64(4), "rates": [np.float64(0.5)]}, 4, 0.5),
    "of another library": ({"units": Whole()}, 7, 0.1),
    "a list": ({"rates": [0.25, 0.5]}, 5, 0.25),
    "a tuple": ({"rates": (0.75,)}, 5, 0.75),
    "a small number": ({"rates": [1e-05]}, 5, 1e-5),
    "a smaller one": ({"rates": [2.5e-17]}, 5, 2.5e-17),
}


@pytest.mark.parametrize(("args", "units", "rate"), ARGS.values(), ids=ARGS)
def test_arguments(args: dict[str, Any], units: int, rate: float) -> None:
    graph = cnncalc.loads(SPEC, args=args)
    last = graph.layers[-1].layer
    assert last
    assert (graph.output.shape, last.values()["rate"]) == ((units,), rate)


def test_an_argument_may_have_the_name_of_a_parameter(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3\nargs: {path: 1, root: 1}\nlayers: [{linear: path * root}]\n")
    assert cnncalc.load(path, args={"path": 2, "root": 5}).output.shape == (2 * 5,)


INPUTS: dict[str, tuple[str, Any, tuple[int, ...]]] = {
    "a text": (SPEC, "3x4x4", (3 * 4 * 4,)),
    "a tuple": (SPEC, (3, 4, 4), (3 * 4 * 4,)),
    "a list": (SPEC, [2, 6], (2 * 6,)),
    "a number": (SPEC, 12, (12,)),
    "of numpy": (SPEC, (np.int64(1), Whole()), (7,)),
    "an expression": (SPEC, "[3, units, units - 1]", (3 * 5 * 4,)),
    "the unnamed by its name": (SPEC, {"input": "2x2"}, (2 * 2,)),
    "the only one": (NAMED, "5x9x9", (5, 9, 9)),
    "the only one by its name": (NAMED, {"image": (5, 9, 9)}, (5, 9, 9)),
    "one of two": (TWO, {"right": "1x8x8"}, (3 + 1, 8, 8)),
    "both": (TWO, {"right": "1x5x5", "left": (2, 5, 5)}, (2 + 1, 5, 5)),
}


@pytest.mark.parametrize(("text", "given", "shape"), INPUTS.values(), ids=INPUTS)
def test_inputs(text: str, given: Any, shape: tuple[int, ...]) -> None:
    graph = cnncalc.loads(text, input=given)
    assert graph.layers[0].shape == shape


def test_all_shapes_follow_from_an_input() -> None:
    graph = cnncalc.load("resnet50", input="3x320x320")
    assert graph.inputs["input"].shape == (3, 320, 320)
    stage = graph.find("stage4.0.add")
    assert stage
    assert stage.shape == (2048, 320 // 32, 320 // 32)
    macs = cnncalc.analyze("lenet5").totals.ops.macs
    assert cnncalc.analyze(cnncalc.load("lenet5", input=(1, 32, 32))).totals.ops.macs == macs


REFUSED: dict[str, tuple[str, dict[str, Any], str, str, str | None]] = {
    "no such input": (
        SPEC,
        {"input": {"x": 3}},
        "CNN514",
        "the spec has no input `x`",
        "it has `input`",
    ),
    "nearly one": (
        NAMED,
        {"input": {"imgae": 3}},
        "CNN514",
        "the spec has no input `imgae`",
        "did you mean `image`?",
    ),
    "the unnamed where it has a name": (
        NAMED,
        {"input": {"input": 3}},
        "CNN514",
        "the spec has no input `input`",
        "it has `image`",
    ),
    "one shape for two": (
        TWO,
        {"input": "3x8x8"},
        "CNN514",
        "the spec has 2 inputs, got one shape",
        "a shape by its name: `left`, `right`",
    ),
    "a batch": (
        SPEC,
        {"input": (1, 3, 8, 8, 8)},
        "CNN210",
        "`input` wants channels and up to three sizes, got `[1, 3, 8, 8, 8]`",
        "leave out the batch axis: `3x224x224`",
    ),
    "less than nothing": (
        SPEC,
        {"input": (3, -1, 8)},
        "CNN210",
        "`input` wants sizes that are known, got `-1`",
        "write the size that is meant, each a number: `3x224x224`; "
        "`--input 3x320x320` analyses it for others",
    ),
    "nothing": (
        SPEC,
        {"input": ""},
        "CNN204",
        "a value is missing",
        "add it, or leave the key out",
    ),
    "no YAML": (SPEC, {"input": "[3"}, "CNN101", "not YAML: this `[...]` is not closed", None),
    "no such argument": (
        SPEC,
        {"args": {"unit": 3}},
        "CNN512",
        "the spec has no argument `unit`",
        "did you mean `units`?",
    ),
    "no text": (
        "",
        {},
        "CNN108",
        "the file is empty",
        "a spec begins with `input: 3x224x224` and `layers:`",
    ),
    "half a character": (
        "\ud800",
        {},
        "CNN107",
        "not a text: byte 0 is no UTF-8",
        "save it as UTF-8",
    ),
}


@pytest.mark.parametrize(
    ("text", "given", "code", "message", "hint"), REFUSED.values(), ids=REFUSED
)
def test_refused(text: str, given: dict[str, Any], code: str, message: str, hint: str) -> None:
    with pytest.raises(cnncalc.SpecError) as raised:
        cnncalc.loads(text, **given)
    (found,) = raised.value.diagnostics
    assert (found.code, found.message) == (code, message)
    assert hint is None or found.hint == hint


def test_a_text_is_read_as_the_file_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "base.yaml").write_text(SPEC)
    extending = "extends: base.yaml\nargs: {units: 8}\n"
    graph = cnncalc.loads(extending, name=f"{tmp_path}/nets/new.yaml")
    assert (graph.name, graph.output.shape) == ("new", (8,))
    with pytest.raises(cnncalc.SpecError, match=r"<text>:1:10: CNN107"):
        cnncalc.loads(extending)


def test_root_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(SPEC)
    (tmp_path / "own").mkdir()
    text, name = "extends: ../base.yaml\n", f"{tmp_path}/own/new.yaml"
    with pytest.raises(cnncalc.SpecError, match="CNN112"):
        cnncalc.loads(text, name=name)
    assert cnncalc.loads(text, name=name, root=tmp_path).layers


# -- wrong types ----------------------------------------------------------------------------

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "no path": (lambda: cnncalc.load(5), "`load` wants a path or a name of the zoo, got int"),
    "bytes for a path": (
        lambda: cnncalc.load(b"x"),
        "`load` wants a path or a name of the zoo, got bytes",
    ),
    "None for a path": (
        lambda: cnncalc.load(None),
        "`load` wants a path or a name of the zoo, got None",
    ),
    "a list of arguments": (
        lambda: cnncalc.loads(SPEC, args=[1]),
        "`args` wants a mapping of names to values, got list",
    ),
    "a number for a name": (
        lambda: cnncalc.loads(SPEC, args={1: 2}),
        "`args` wants names, each a text, got 1",
    ),
    "None for an argument": (
        lambda: cnncalc.loads(SPEC, args={"units": None}),
        "the argument `units` wants a number, a truth, a text or a list of these, got None",
    ),
    "a type for an argument": (
        lambda: cnncalc.loads(SPEC, args={"units": [int]}),
        "the argument `units` wants a number, a truth, a text or a list of these, got type",
    ),
    "an array for an argument": (
        lambda: cnncalc.loads(SPEC, args={"units": np.zeros(3)}),
        "the argument `units` wants a number, a truth, a text or a list of these, got ndarray",
    ),
    "halves in a shape": (
        lambda: cnncalc.loads(SPEC, input=(3, 0.5)),
        '`input` wants a shape, "3x224x224" or (3, 224, 224), got (3, 0.5)',
    ),
    "a truth for a shape": (
        lambda: cnncalc.loads(SPEC, input=True),
        '`input` wants a shape, "3x224x224" or (3, 224, 224), got bool',
    ),
    "an array for a shape": (
        lambda: cnncalc.loads(SPEC, input=np.zeros(3)),
        '`input` wants a shape, "3x224x224" or (3, 224, 224), got ndarray',
    ),
    "no name of an input": (
        lambda: cnncalc.loads(SPEC, input={"": 3}),
        "`input` wants names, each a text, got ''",
    ),
    "no root": (lambda: cnncalc.loads(SPEC, root=3), "`root` wants a folder, got int"),
    "bytes for a text": (lambda: cnncalc.loads(b"x"), "a text is wanted, a str, got bytes"),
    "no name": (lambda: cnncalc.loads(SPEC, name=3), "`name` wants a text, a str, got int"),
    "no network": (
        lambda: cnncalc.analyze(5),
        "`analyze` wants a graph, a path or a name of the zoo, got int",
    ),
    "half a batch": (
        lambda: cnncalc.analyze("lenet5", batch=0.5),
        "`batch` wants a whole number, got float",
    ),
    "a truth for a batch": (
        lambda: cnncalc.analyze("lenet5", True),
        "`batch` wants a whole number, got bool",
    ),
    "a summary": (
        lambda: cnncalc.compare("lenet5", cnncalc.analyze("lenet5")),
        "`compare` wants a graph, a path or a name of the zoo, got Summary",
    ),
    "nothing to check": (
        lambda: cnncalc.check(),
        "`check` wants a path, or a spec as `text`: one of them",
    ),
    "two to check": (
        lambda: cnncalc.check("lenet5", text=SPEC),
        "`check` wants a path, or a spec as `text`: one of them",
    ),
    "ONNX to nowhere": (
        lambda: cnncalc.export("lenet5", format="onnx"),
        '`format="onnx"` writes a file: say which, `path="network.onnx"`',
    ),
}


@pytest.mark.parametrize(("call", "message"), WRONG.values(), ids=WRONG)
def test_wrong_types(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError) as raised:
        call()
    assert str(raised.value) == message


VALUES: dict[str, tuple[Callable[[], object], str]] = {
    "no batch": (
        lambda: cnncalc.analyze("lenet5", 0),
        "`batch` wants a number of at least 1, got 0",
    ),
    "no type of numbers": (
        lambda: cnncalc.analyze("lenet5", dtype="fp8"),
        "`dtype` wants one of fp32, bf16, fp16, int8, got 'fp8'",
    ),
    "no type of maps": (
        lambda: cnncalc.analyze("lenet5", autocast="int8"),
        "`autocast` wants one of bf16, fp16, got 'int8'",
    ),
    "a name that is no path": (
        lambda: cnncalc.loads(SPEC, name="a\0"),
        r"`name` is no path: 'a\x00'",
    ),
    "a root that is no path": (
        lambda: cnncalc.load("lenet5", root="\ud800"),
        r"`root` is no path: '\ud800'",
    ),
    "no format": (
        lambda: cnncalc.export("lenet5", format="keras"),
        "`format` wants torch, onnx or pt2, got 'keras'",
    ),
}


@pytest.mark.parametrize(("call", "message"), VALUES.values(), ids=VALUES)
def test_wrong_values(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match="`") as raised:
        call()
    assert str(raised.value) == message


def test_keywords_are_no_arguments_of_the_network() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'classes'"):
        cnncalc.load("resnet50", classes=10)  # type: ignore[call-arg]


# -- values print as the commands do --------------------------------------------------------

SHOWN = ("lenet5", "resnet50", "unet", "squeezenet1_0", "lenet5_1998")


@pytest.mark.parametrize("spec", SHOWN)
def test_a_summary_is_what_analyze_prints(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyze_command([spec], []) == 0
    printed = capsys.readouterr().out
    print(cnncalc.analyze(spec))  # noqa: T201
    assert capsys.readouterr().out == printed
    assert str(cnncalc.analyze(cnncalc.load(spec))) == printed.rstrip("\n")


@pytest.mark.parametrize("spec", SHOWN)
def test_its_dictionary_is_the_document(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyze_command([spec], [], HowToAnalyze(depth="all"), form="json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document == cnncalc.analyze(spec).to_dict()
    assert document["version"] == 1
    assert len(document["layers"]) == len(cnncalc.load(spec).layers)


def test_batch() -> None:
    one, four = cnncalc.analyze("lenet5"), cnncalc.analyze("lenet5", batch=4)
    assert four.totals.ops.macs == 4 * one.totals.ops.macs
    assert "a batch of 4 samples" in " ".join(str(four).split())


@pytest.mark.parametrize(
    "pair", [("resnet50", "resnet101"), ("lenet5", "alexnet")], ids=["alike", "apart"]
)
def test_a_comparison_is_what_compare_prints(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    comparison = cnncalc.compare(*pair)
    for form, shown in (("text", str), ("json", lambda one: json.dumps(one.to_dict()))):
        assert compare_command(list(pair), [], HowToCompare(), form=form) == 0
        printed = capsys.readouterr().out
        assert shown(comparison) == (
            json.dumps(json.loads(printed)) if form == "json" else printed.rstrip("\n")
        )


def test_compare_takes_more() -> None:
    three = cnncalc.compare("resnet18", "resnet34", "resnet50")
    assert (three.heads, len(three.differences)) == (("resnet18", "resnet34", "resnet50"), 0)
    three = cnncalc.compare("resnet18", "resnet34", "resnet50", layers=True)
    assert len(three.differences) == 2
    assert cnncalc.compare("resnet18", "resnet34", layers=False).differences == ()


@pytest.mark.parametrize("path", ["unmet.yaml", "broken.yml", "sound.yaml"])
def test_check_is_what_check_finds(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "tests" / "fixtures" / "project")
    check_command([path], [], form="concise")
    assert [*map(str, cnncalc.check(path))] == capsys.readouterr().out.splitlines()
    text = Path(path).read_text(encoding="utf-8")
    assert [*map(str, cnncalc.check(text=text, name=path))] == [*map(str, cnncalc.check(path))]


CHECKED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "sound": ({"path": "lenet5"}, []),
    "no such file": ({"path": "nowhere.yaml"}, ["CNN107"]),
    "no spec": ({"path": ROOT / "pyproject.toml"}, ["CNN108"]),
    "no spec in a text": ({"text": "password: hunter2"}, ["CNN108"]),
    "a library": ({"text": "blocks:\n  unit:\n    layers: [rellu]\n"}, ["CNN201"]),
    "two faults": ({"text": "input: 3x8x8\nlayers: [rellu, {linear: 0}]"}, ["CNN201", "CNN205"]),
    "unmet": ({"text": "input: 3\nlayers: [{linear: 2}]\nexpect: {output: 3}"}, ["CNN602"]),
    "expected of other arguments": (
        {
            "text": "input: 3\nargs: {n: 3}\nlayers: [{linear: n}]\nexpect: {output: 3}",
            "args": {"n": 2},
        },
        [],
    ),
    "expected of another input": (
        {"text": "input: 3\nlayers: [relu]\nexpect: {output: 3}", "input": 4},
        [],
    ),
    "no such input": ({"path": "lenet5", "input": {"x": 4}}, ["CNN514"]),
}


@pytest.mark.parametrize(("given", "codes"), CHECKED.values(), ids=CHECKED)
def test_check(given: dict[str, Any], codes: list[str]) -> None:
    assert [found.code for found in cnncalc.check(**given)] == codes


def test_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export_command("lenet5", []) == 0
    source = cnncalc.export("lenet5")
    assert source == capsys.readouterr().out
    for _ in range(2):  # over what is there, as other libraries do
        assert cnncalc.export(cnncalc.load("lenet5"), tmp_path / "net.py") is None
    assert (tmp_path / "net.py").read_text(encoding="utf-8") == source


@pytest.mark.parametrize("path", ["nowhere/net.py", "."])
def test_export_names_what_it_cannot_write(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=": '") as raised:
        cnncalc.export("lenet5", path)
    assert raised.value.filename == path
    assert not list(tmp_path.iterdir())


@pytest.mark.torch
def test_lower_and_verify(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    from cnncalc.commands.verify import verify as verify_command

    network = cnncalc.lower("lenet5", seed=3)
    assert sum(one.numel() for one in network.parameters()) == 61_706
    verification = cnncalc.verify("lenet5")
    assert verification.sound
    assert verify_command(["lenet5"], []) == 0
    assert str(verification) == capsys.readouterr().out.rstrip("\n")
    assert verify_command(["lenet5"], [], form="json") == 0
    assert verification.to_dict() == json.loads(capsys.readouterr().out)
    assert repr(verification) == "<Verification 'LeNet-5' on cpu: 8 checks, nothing differs>"


@pytest.mark.torch
def test_onnx(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    assert cnncalc.export("lenet5", tmp_path / "net.onnx", format="onnx") is None
    assert onnx.load(tmp_path / "net.onnx").graph.node


# -- other values ---------------------------------------------------------------------------


def test_a_summary_prints_wherever_it_came_from() -> None:
    inner = (
        "from cnncalc.analysis import analyze\n"
        "from cnncalc.language.load import load\n"
        "print(analyze(load('lenet5')))"
    )
    assert run(inner) == run("import cnncalc; print(cnncalc.analyze('lenet5'))")


REPRS: dict[str, tuple[Callable[[], object], str]] = {
    "graph": (lambda: cnncalc.load("resnet50"), "<Graph 'ResNet-50': 174 layers>"),
    "summary": (
        lambda: cnncalc.analyze("lenet5"),
        "<Summary 'LeNet-5': 12 layers, 61,706 params, 416,520 MACs>",
    ),
    "row": (
        lambda: cnncalc.analyze("lenet5").rows[0],
        "<Row 'C1': 156 params, 117,600 MACs>",
    ),
    "comparison": (
        lambda: cnncalc.compare("lenet5", "alexnet"),
        "<Comparison of 'lenet5', 'alexnet'>",
    ),
}


@pytest.mark.parametrize(("made", "text"), REPRS.values(), ids=REPRS)
def test_representation_is_short(made: Callable[[], object], text: str) -> None:
    assert repr(made()) == text


LENET = cnncalc.load("lenet5")
LINES: dict[str, tuple[Callable[[], object], str]] = {
    "a layer": (lambda: LENET.layers[3], "C3   conv   6x14x14 -> 16x10x10"),
    "an input": (lambda: LENET.inputs["input"], "input   input   1x32x32"),
    "a row": (
        lambda: cnncalc.analyze(LENET).rows[3],
        "C3   conv   16x10x10   2,416 params   240.0 K MACs   field 14x14",
    ),
    "a row without a field": (
        lambda: cnncalc.analyze(LENET).rows[8],
        "flatten   flatten   120   0 params   0 MACs",
    ),
}


@pytest.mark.parametrize(("made", "text"), LINES.values(), ids=LINES)
def test_lines(made: Callable[[], object], text: str) -> None:
    assert str(made()) == text


def test_an_outline() -> None:
    graph = cnncalc.loads("""
name: tiny
input: 3x8x8
layers:
  - name: stem
    layers: [{conv: {filters: 4, kernel: 3}}, relu]
  - linear: 5
    when: false
  - global_avg_pool
""")
    assert str(graph).splitlines() == [
        "tiny   3x8x8 -> 4   3 layers",
        "  stem              layers",
        "    conv            conv              4x6x6",
        "    relu            relu              4x6x6",
        "  global_avg_pool   global_avg_pool       4",
    ]


def test_no_outline_is_longer_than_its_table() -> None:
    for name in networks():
        summary = cnncalc.analyze(name)
        lines = str(summary.graph).splitlines()
        assert lines[0].startswith(summary.graph.name)
        assert len(lines) <= len(str(summary).splitlines())
    assert len(str(cnncalc.load("resnet152")).splitlines()) < SCREEN // 2


def at(message: str, name: str = "a.yaml") -> Diagnostic:
    """A fault on line 3."""
    return Diagnostic("CNN202", Span(Source(name, "\n\nab: c\n"), 3, 5, 3, 6), message)


def test_a_diagnostic_is_a_line() -> None:
    assert str(at("wrong")) == "a.yaml:3:5: CNN202 wrong"
    assert str(at("wrong\x1b", "\x07")) == "\\x07:3:5: CNN202 wrong\\x1b"
    assert str(at("so")._replace(severity="note")) == "a.yaml:3:5: note CNN202 so"
    assert at("wrong").place == "a.yaml:3:5"


def test_an_error_shows_the_first_faults_and_how_many_there_are() -> None:
    faults = 12
    layers = "".join(f"  - rellu{number}\n" for number in range(faults))
    with pytest.raises(cnncalc.SpecError) as raised:
        cnncalc.loads(f"input: 3x8x8\nlayers:\n{layers}")
    text = str(raised.value)
    assert text.startswith("<text>:3:5: CNN201 there is no layer kind or block `rellu0`\n  |\n3 |")
    assert text.endswith(f"\n\n{faults} errors ({faults - 5} not shown)")
    assert text.count("CNN201") == 5
    assert len(raised.value.diagnostics) == faults


def test_an_uncaught_error_names_itself_as_it_is_imported() -> None:
    code = "import cnncalc; cnncalc.load('nowhere')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    *_, error, _, count = done.stderr.splitlines()
    assert error == (
        "cnncalc.SpecError: nowhere:1:1: CNN107 cannot be read: no such file or directory"
    )
    assert count == "1 error"


def test_an_error_survives_a_process() -> None:
    with pytest.raises(cnncalc.SpecError) as raised:
        cnncalc.loads("input: 3x8x8\nlayers: [rellu]\n")
    again = pickle.loads(pickle.dumps(raised.value))
    assert (type(again), str(again)) == (cnncalc.SpecError, str(raised.value))


# -- notebooks ------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SHOWN)
def test_a_notebook_shows_the_table(spec: str) -> None:
    summary = cnncalc.analyze(spec)
    made = check_html(summary._repr_html_())
    shown = str(summary).split()
    assert [word for word in made.text.split() if word not in shown] == []
    rows = [tag for tag, _ in made.tags if tag == "tr"]
    assert len(rows) == 1 + len(str(summary.graph).splitlines()) - 1 + 1  # the head, and the total


def test_a_notebook_shows_the_picture_below_the_table() -> None:
    summary = cnncalc.analyze("lenet5")
    made = check_html(summary._repr_html_())
    (image,) = (attributes["src"] for tag, attributes in made.tags if tag == "img")
    svg = ElementTree.fromstring(b64decode((image or "").partition("base64,")[2]))
    assert svg.get("aria-label", "").startswith("LeNet-5: 12 layers, 1x32x32 -> 10, 61,706 params")
    assert [tag for tag, _ in made.tags].index("table") < [tag for tag, _ in made.tags].index("img")


def test_bars_are_shares_of_the_macs() -> None:
    graph = cnncalc.loads("input: 4\nlayers: [{linear: 3}, {linear: 4}, relu]\n")
    made = check_html(cnncalc.analyze(graph)._repr_html_())
    bars = [
        attributes["style"]
        for tag, attributes in made.tags
        if tag == "div" and "style" in attributes
    ]
    assert bars == ["width: 50.0%", "width: 50.0%"]
