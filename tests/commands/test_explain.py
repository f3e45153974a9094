"""`cnncalc explain` and `cnncalc calc`: the arithmetic, and the pages."""

from __future__ import annotations

import json
import re
from math import ceil, floor

import numpy as np
import pytest

from cnncalc import analyze, load
from cnncalc.checking.every_code import CODES
from cnncalc.commands.explain import of_layer, page
from cnncalc.commands.options import UsageError
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Ops
from cnncalc.report.explanation.layer import facts
from cnncalc.zoo import networks
from tests.commands.conftest import ROOT, Run
from tests.sampled import of_the_zoo

ALEXNET = "specs/alexnet/alexnet.yaml"
SPECS = networks().values()
SORTS = re.compile(rf" ({'|'.join(Ops._fields)})")
EQUATION = re.compile(r"((?:floor|ceil|[\d(])[\d.+\-*/() a-z]*?) = (-?[\d.]+)")


def lines_of(text: str) -> dict[str, str]:
    """An explanation's facts by quantity."""
    rows = (re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in text.splitlines()[1:])
    return {row[0]: row[1] for row in rows if len(row) == 2}


def test_alexnet_conv1(cnncalc: Run) -> None:
    run = cnncalc("explain", ALEXNET, "conv1")
    assert run.returncode == 0
    assert run.stdout.startswith(f"conv1   conv   3x227x227 -> 96x55x55   {ALEXNET}:")
    facts = lines_of(run.stdout)
    assert facts["output"] == "(227 - 11 + 2*0)/4 + 1 = 55"
    assert facts["params"] == "96 * (3*11*11) + 96 = 34,944"
    assert facts["MACs"] == "96*55*55 * (3*11*11) = 105,415,200"
    assert facts["FLOPs"] == "2*105,415,200 + 290,400 additions = 211,120,800"
    assert facts["field"].startswith("1 + (11 - 1)*1 = 11, stride 1*4 = 4")


@pytest.mark.parametrize("path", of_the_zoo(SPECS), ids=lambda path: path.stem)
def test_every_equation_is_true(path) -> None:
    """Each printed `formula = value` is put to Python."""
    summary = analyze(load(path))
    equations = 0
    different = {(repr(row.node.layer), row.node.shapes): row for row in summary.rows}
    for row in different.values():
        for _, line in facts(summary, row):
            plain = SORTS.sub("", line.replace(", stride ", "; "))
            for formula, value in EQUATION.findall(plain.replace(",", "")):
                left = eval(formula, {"floor": floor, "ceil": ceil, "__builtins__": {}})
                assert left == pytest.approx(float(value)), line
                equations += 1
    assert equations > len(different) / 4


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("concat", "channels 0 to 3: 1x1, 4: 5x5"),
        ("second", "channels 0 to 7: 3x3, 8 to 9: 7x7"),
        ("channel_shuffle", "channels 0 to 6: 3x3, 7: 7x7, 8: 3x3, 9: 7x7"),
    ],
)
def test_channels_that_see_differently(cnncalc: Run, layer: str, said: str) -> None:
    spec = """
input: 4x9x9
layers:
  - concat: [[identity], [{conv: {filters: 1, kernel: 5, padding: half}}]]
  - {name: second, conv: {filters: 10, kernel: 3, padding: half, groups: 5}}
  - channel_shuffle: 2
"""
    assert said in cnncalc("explain", "-", layer, stdin=spec).stdout


def test_a_group_shows_its_parts(cnncalc: Run) -> None:
    text = cnncalc("explain", "specs/resnet/resnet50.yaml", "stage1").stdout
    # three bottlenecks: 1x1, 3x3, 1x1 with batch norms, the first with a projection
    convs = 64 * 64 + 64 * 64 * 9 + 64 * 256 + 64 * 256 + 2 * (256 * 64 + 64 * 64 * 9 + 64 * 256)
    norms = 2 * (3 * (64 + 64 + 256) + 256)
    assert f"params {convs + norms:,}, all trainable" in text


def test_an_unknown_layer_is_named(cnncalc: Run) -> None:
    run = cnncalc("explain", ALEXNET, "conv11")
    assert run.returncode == 2
    assert "has no layer `conv11`; did you mean `conv1`?" in run.stderr


def test_unsound_spec(cnncalc: Run) -> None:
    run = cnncalc("explain", "-", "conv", stdin="input: 3x8x8\nlayers: [conv: {filters: 1}]\n")
    assert run.returncode == 1
    assert "CNN203" in run.stderr


@pytest.mark.parametrize("kind", LAYERS)
def test_every_kind_has_a_page(kind: str) -> None:
    text = page(kind)
    assert text.startswith(f"{kind}\n\n")
    assert f"- {kind}" in text
    assert all(f"  {name}: " in text for name in LAYERS[kind].fields)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(code: str) -> None:
    assert page(code).startswith(f"{code}: ")
    assert page(code.lower()) == page(code)


def test_list_of_kinds(cnncalc: Run) -> None:
    text = cnncalc("explain", "kinds").stdout
    assert [line.split()[0] for line in text.splitlines()] == list(LAYERS)


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("convv", "did you mean `conv`?"),
        ("CNN999", "there is no diagnostic CNN999"),
        ("alexnett", "there is no layer kind, word or code `alexnett`"),
    ],
)
def test_unknown_topics(topic: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        page(topic)


def test_transposed_by_phase() -> None:
    graph = load(ROOT / "specs/unet/unet.yaml")
    summary = analyze(graph)
    up = next(row for row in summary.rows if row.node.kind == "conv_transpose")
    assert "stride" in of_layer(summary, up.node.path)


class TestCalc:
    """One layer, no file."""

    def test_conv(self, cnncalc: Run) -> None:
        run = cnncalc("calc", "conv: {filters: 10, kernel: 5, padding: 2}", "--input", "3x32x32")
        facts = lines_of(run.stdout)
        assert facts["output"] == "(32 - 5 + 2*2)/1 + 1 = 32"
        assert facts["params"] == "10 * (3*5*5) + 10 = 760"

    def test_does_not_fit(self, cnncalc: Run) -> None:
        run = cnncalc("calc", "conv: {filters: 1, kernel: 3, stride: 3}", "--input", "1x7x7")
        assert "floor((7 - 3 + 2*0)/3) + 1 = 2" in run.stdout
        fact = "room for 2.33 windows; the last row and column of the input are never read"
        assert fact in run.stdout

    def test_a_bare_word(self, cnncalc: Run) -> None:
        assert "8x4x4 -> 8x4x4" in cnncalc("calc", "relu", "--input", "8x4x4").stdout

    def test_errors_point_into_the_argument(self, cnncalc: Run) -> None:
        run = cnncalc("calc", "conv: {filters: 1, kernel: 9}", "--input", "1x7x7")
        assert (run.returncode, run.stdout) == (1, "")
        assert "<layer>:1:1: CNN402" in run.stderr

    def test_errors_of_the_input(self, cnncalc: Run) -> None:
        run = cnncalc("calc", "relu", "--input", "axb")
        assert run.returncode == 1
        assert "<input>:1:1:" in run.stderr


@pytest.mark.parametrize(
    ("layer", "shape", "over"),
    [
        ("batch_norm", "1x64x1x1 of Nx64x28x28; at test time the running ones", (0, 2, 3)),
        ("instance_norm", "Nx64x1x1 of Nx64x28x28; at test time as in training", (2, 3)),
        ("layer_norm: all", "Nx1x1x1 of Nx64x28x28; at test time as in training", (1, 2, 3)),
        ("layer_norm", "Nx1x28x28 of Nx64x28x28; at test time as in training", (1,)),
    ],
)
def test_a_norm_says_what_its_statistics_are_of(
    cnncalc: Run, layer: str, shape: str, over: tuple[int, ...]
) -> None:
    shown = lines_of(cnncalc("calc", layer, "--input", "64x28x28").stdout)
    assert shown["statistics"] == shape
    means = np.zeros((5, 64, 28, 28)).mean(over, keepdims=True)
    said = shape.partition(" ")[0].replace("N", "5")
    assert said == "x".join(map(str, means.shape))


@pytest.mark.parametrize(
    "options",
    [
        ("--flops", "--draw", "x.svg"),
        ("--draw", "x.svg", "--weights", "x.pt"),
        ("--flops", "-o", "x"),
        ("--format", "json", "--draw", "x.svg"),
        ("--format", "json", "--weights", "x.pt"),
    ],
)
def test_what_does_not_go_together(cnncalc: Run, options: tuple[str, ...]) -> None:
    run = cnncalc("explain", "lenet5", "C1", *options)
    assert run.returncode == 2
    assert "do not go together" in run.stderr


@pytest.mark.parametrize(
    "asked",
    [("explain", "lenet5", "C1"), ("calc", "conv: {filters: 6, kernel: 5}", "--input", "1x32x32")],
)
def test_a_layer_as_json(cnncalc: Run, asked: tuple[str, ...]) -> None:
    """Its numbers, and the lines that the text has."""
    document = json.loads(cnncalc(*asked, "--format", "json").stdout)
    (found,) = document["layers"]
    numbers = {"params": 6 * 25 + 6, "macs": 6 * 28 * 28 * 25, "receptive_field": [5, 5]}
    assert {name: found[name] for name in numbers} == numbers
    assert (document["version"], found["kind"], found["output"]) == (1, "conv", [6, 28, 28])
    text = " ".join(cnncalc(*asked).stdout.split())
    assert all(fact["text"] in text for fact in found["facts"])
    assert {"params", "MACs", "FLOPs", "field"} <= {fact["quantity"] for fact in found["facts"]}


def test_a_group_is_no_layer_as_json(cnncalc: Run) -> None:
    run = cnncalc("explain", "resnet18", "stage1", "--format", "json")
    said = "cnncalc: `stage1` is a group of layers: --format json wants one of them\n"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", said)


@pytest.mark.parametrize("more", [("--values", "1 2; 3 4"), ("--matrix",)])
def test_a_layer_as_json_goes_without_numbers(cnncalc: Run, more: tuple[str, ...]) -> None:
    run = cnncalc("calc", "max_pool: 2", "--input", "1x2x2", *more, "--format", "json")
    assert run.returncode == 2
    assert "--format json goes without numbers and --matrix" in " ".join(run.stderr.split())
