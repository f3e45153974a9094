"""Shapes in place of those of a spec, `--input`; shapes that look misread; sizes left open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnncalc import load, zoo
from cnncalc.network.axis_order import misread
from tests.commands.conftest import Run

TWO = "input: {image: 3x8x8, mask: 1x8x8}\nlayers: [{concat: [image, mask]}]\n"
GREY = 7 * 7 * 64 * 2
"""Parameters that ResNet-18 has less on a grey image."""

# -- another shape --------------------------------------------------------------------------

COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "analyze": (("analyze", "resnet18"), f"{11_689_512 - GREY:,}"),
    "compare": (("compare", "resnet18", "resnet34"), f"{11_689_512 - GREY:,}"),
    "check": (("check", "resnet18"), "not for --set and --input"),
    "explain": (("explain", "resnet18", "conv_bn.conv"), f"64 * (1*7*7) = {64 * 49:,}"),
    "export": (("export", "resnet18"), "ResNet-18: 1x320x320 -> 1000"),
    "verify": (("verify", "lenet5"), "same"),
    "transform": (("transform", "fold-batch-norm", "resnet18"), "input: 1x320x320"),
}


@pytest.mark.parametrize(("arguments", "wanted"), COMMANDS.values(), ids=COMMANDS)
def test_input(arguments: tuple[str, ...], wanted: str, cnncalc: Run) -> None:
    done = cnncalc(*arguments, "--input", "1x320x320")
    assert done.returncode == 0, done.stderr
    assert wanted in done.stdout


def test_another_resolution(cnncalc: Run) -> None:
    found = json.loads(
        cnncalc("analyze", "resnet50", "--input", "3x320x320", "--format", "json").stdout
    )
    (spec,) = found if isinstance(found, list) else (found,)
    assert spec["totals"]["params"] == 25_557_032
    assert spec["input"] == [3, 320, 320]


def test_by_name(cnncalc: Run) -> None:
    given = ("--input", "image=3x16x16", "--input", "mask=2x16x16")
    done = cnncalc("analyze", "-", *given, stdin=TWO)
    assert "image 3x16x16, mask 2x16x16 -> 5x16x16" in done.stdout


def test_what_transform_writes_is_sound(cnncalc: Run, tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    given = ("--input", "3x256x256", "-o", str(file))
    assert cnncalc("transform", "fc-to-conv", "vgg16", *given).returncode == 0
    assert cnncalc("check", str(file)).returncode == 0
    assert load(file).inputs["input"].shape == (3, 256, 256)


def test_of_several_inputs_one_is_replaced(cnncalc: Run, tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text("input: {a: 3x8x8, b: 3x8x8}\nlayers:\n  - add: [a, b]\n  - batch_norm\n")
    done = cnncalc("analyze", str(file), "--input", "a=3x1x1")
    assert "a 3x1x1, b 3x8x8 -> 3x8x8" in done.stdout


MISTAKES = {
    "twice": (("--input", "1x8x8", "--input", "3x8x8"), 2, "two shapes for the input"),
    "a name twice": (("--input", "a=1x8x8", "--input", "a=3x8x8"), 2, "two shapes for `a`"),
    "no name": (("--input", "=1x8x8"), 2, "NAME=SHAPE"),
    "no such input": (("--input", "a=1x8x8"), 1, "the spec has no input `a`"),
    "no shape": (("--input", "1x0"), 1, "CNN210"),
}


@pytest.mark.parametrize(("given", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(given: tuple[str, ...], code: int, message: str, cnncalc: Run) -> None:
    done = cnncalc("analyze", "lenet5", *given)
    assert done.returncode == code
    assert message in done.stderr


# -- shapes that look misread ---------------------------------------------------------------

CONV = "conv: {filters: 10, kernel: 5, padding: 2}"
MISREAD = {
    "a batch": ("16x3x224x224", "relu", "leave it out: `3x224x224`; `analyze --batch 16`"),
    "grey images": ("64x1x28x28", "relu", "`1x28x28`; `analyze --batch 64`"),
    "channels last": ("32x32x3", CONV, "channels stand first: `3x32x32`"),
    "with opacity": ("480x640x4", "relu", "channels stand first: `4x480x640`"),
    "grey, last": ("28x28x1", "relu", "channels stand first: `1x28x28`"),
    "both": ("16x32x32x3", "relu", "channels stand first: `3x32x32`; if 16 is the batch"),
    "no channels": ("7x7", "conv: {filters: 1, kernel: 3}", "`1x7x7`"),
}


@pytest.mark.parametrize(("shape", "layer", "hint"), MISREAD.values(), ids=MISREAD)
def test_misread(shape: str, layer: str, hint: str, cnncalc: Run, tmp_path: Path) -> None:
    """`calc`, `analyze` and `check` say it, and go on; a comment silences the latter."""
    calc = cnncalc("calc", layer, "--input", shape)
    text = "input: {}\nlayers:\n  - {}\n"
    file, quiet = tmp_path / "spec.yaml", tmp_path / "quiet.yaml"
    file.write_text(text.format(shape, layer))
    quiet.write_text(text.format(f"{shape}  # cnncalc: ignore[CNN923]", layer))
    analyze, check = cnncalc("analyze", str(file)), cnncalc("check", str(file))
    for told in (calc.stderr, analyze.stderr, check.stdout):
        assert "warning CNN923" in told
        assert hint in told
    assert [calc.returncode, analyze.returncode, check.returncode] == [0, 0, 0]
    assert cnncalc("analyze", str(quiet)).stderr == ""
    assert "CNN923" not in cnncalc("check", str(quiet)).stdout


AS_MEANT = [
    ("3x16x112x112", "relu"),
    ("16x8x112x112", "relu"),
    ("3x224x224", "relu"),
    ("64x1x1", "relu"),
    ("3x32x3", "relu"),
    ("7x7", "relu"),
    ("7x7", "conv: {filters: 1, kernel: 1}"),
    ("7x9", "conv: {filters: 1, kernel: 3}"),
    ("1x7x7", "conv: {filters: 1, kernel: 3}"),
]


@pytest.mark.parametrize(("shape", "layer"), AS_MEANT)
def test_as_meant(shape: str, layer: str, cnncalc: Run) -> None:
    assert cnncalc("calc", layer, "--input", shape).stderr == ""


@pytest.mark.parametrize("name", zoo.networks())
def test_no_network_of_the_zoo_looks_misread(name: str) -> None:
    assert list(misread(load(name))) == []


ASTRAY = {
    "channels last": ("conv: {filters: 10, kernel: 5}", "32x32x3", "`3x32x32`"),
    "further down": ("[max_pool: 2, max_pool: 2, max_pool: 2]", "64x64x3", "`3x64x64`"),
    "no channels": ("conv: {filters: 1, kernel: 3x3}", "7x7", "`1x7x7`"),
}


@pytest.mark.parametrize(("layer", "shape", "hint"), ASTRAY.values(), ids=ASTRAY)
def test_an_error_hints_at_the_shape(layer: str, shape: str, hint: str, cnncalc: Run) -> None:
    """And not at `padding: same`."""
    done = cnncalc("calc", layer, "--input", shape)
    assert done.returncode == 1
    assert f"hint: channels stand first{', of a map too' * (shape == '7x7')}: {hint}" in done.stderr
    assert f"note: <input>:1:1: the input {shape} is" in done.stderr


# -- sizes left open ------------------------------------------------------------------------

OPEN = {
    "?x3x8x8": ("?", "leave out the batch axis: `3x8x8`"),
    "Nx3x8x8": ("N", "leave out the batch axis: `3x8x8`"),
    "-1x3x8x8": ("-1", "leave out the batch axis: `3x8x8`"),
    "[None, 3, 8, 8]": ("None", "leave out the batch axis: `3x8x8`"),
    "[-1, 3, 8, 8]": ("-1", "leave out the batch axis: `3x8x8`"),
    "(None, 8, 8, 3)": ("None", "leave out the batch axis, and write channels first: `3x8x8`"),
    "None, 784": ("None", "leave out the batch axis: `784`"),
    "3x?x?": ("?", "`--input 3x320x320`"),
    "3xHxW": ("H", "`--input 3x320x320`"),
    "N": ("N", "write the size that is meant"),
    "None": ("None", "write the size that is meant"),
}


@pytest.mark.parametrize(("shape", "said"), OPEN.items(), ids=OPEN)
def test_open_sizes(shape: str, said: tuple[str, str], cnncalc: Run) -> None:
    done = cnncalc("analyze", "-", stdin=f"input: {shape}\nlayers: [relu]\n")
    assert done.returncode == 1
    assert f"CNN210 `input` wants sizes that are known, got `{said[0]}`" in done.stderr
    assert said[1] in done.stderr


def test_a_name_of_an_argument_is_a_size(cnncalc: Run) -> None:
    spec = "input: [3, H, W]\nargs: {H: 8, W: 9}\nlayers: [relu]\n"
    assert "3x8x9 -> 3x8x9" in cnncalc("analyze", "-", stdin=spec).stdout
