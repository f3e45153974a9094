"""`cnncalc calc --values`: what it prints, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import Run

CONV = "conv: {filters: 1, kernel: 3, bias: false}"
BINARY = "11100 01110 00111 00110 01100"
BOX = "111 111 111"


def test_the_window_is_in_brackets(cnncalc: Run) -> None:
    shown = cnncalc("calc", CONV, "--values", BINARY, "--kernel", "101 010 101", "--at", "2,2")
    assert shown.returncode == 0
    assert " 0  0 [1][1][1]" in shown.stdout
    assert " 2  3 [4]" in shown.stdout
    assert shown.stdout.endswith("1*1 + 1*0 + 1*1 + 1*0 + 1*1 + 0*0 + 1*1 + 0*0 + 0*1 = 4\n")


def test_weights_that_are_drawn_are_the_same_in_every_run(cnncalc: Run) -> None:
    first, second = (cnncalc("calc", CONV, "--values", BINARY).stdout for _ in range(2))
    assert first == second


def test_a_chain_passes_on_what_it_makes(cnncalc: Run) -> None:
    layers = "[{conv: {filters: 1, kernel: 3}}, relu, flatten_not]"
    assert cnncalc("calc", layers, "--values", BINARY).returncode == 1
    layers = f"[{{{CONV}}}, relu, {{max_pool: 3}}]"
    shown = cnncalc("calc", layers, "--values", BINARY, "--kernel", "101 010 101").stdout
    assert shown.endswith("max(4, 3, 4, 2, 4, 3, 2, 3, 4) = 4\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--kernel", "101"], "these options go with --values"),
        (["--values", BINARY, "--want", "3x3"], "--want is of sizes"),
        (["--values", "1 2; 3"], "row 0 has 2 numbers, row 1 has 1"),
        (["--values", BINARY, "--kernel", "edges"], "or one of identity, edge"),
        (["--values", BINARY, "--kernel", "1 2; 3 4"], "the weight is 1x1x3x3, got 1x2x2"),
        (["--values", BINARY, "--bias", "1"], "no layer here has one"),
        (["--values", BINARY, "--at", "9,9"], "up to `0,2,2`"),
        (["--values", BINARY, "--at", "x"], "--at wants an output"),
        (["--values", "1 2; 3 4", "--input", "1x3x3"], "1x2x2 numbers, --input wants 1x3x3"),
        (["--values", BINARY, "-o", "x.txt"], "--output writes .csv, .npy or a picture"),
        (["--values", "none.csv"], "no such file"),
    ],
)
def test_wrong_usage(cnncalc: Run, arguments: list[str], says: str) -> None:
    found = cnncalc("calc", CONV, *arguments)
    assert found.returncode == 2
    assert says in found.stderr


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        ("lstm: 3", "`lstm` is not worked out by hand"),
        ("conv: {filters: 1, kernel: 1, weight_norm: true}", "a weight is given here as it is"),
    ],
)
def test_layers_that_are_not_worked_out(cnncalc: Run, layer: str, says: str) -> None:
    found = cnncalc("calc", layer, "--values", "1 2; 3 4 | 1 2; 3 4", "--input", "2x4")
    assert found.returncode == 2
    assert says in found.stderr


def test_a_picture_in_and_out(cnncalc: Run, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    grey = image.new("L", (40, 30))
    grey.paste(200, (20, 0, 40, 30))
    grey.save(tmp_path / "half.png")
    found = cnncalc(
        "calc",
        "conv: {filters: 1, kernel: 3, padding: half}",
        *("--values", "half.png", "--kernel", "sobel", "--at", "15,20", "-o", "edges.png"),
        folder=tmp_path,
    )
    assert found.returncode == 0, found.stderr
    assert "rows 7 to 30 of 32" in found.stdout
    with image.open(tmp_path / "edges.png") as edges:
        assert edges.size == (40, 30)
        assert [edges.getpixel((x, 15)) for x in (10, 19, 20, 30)] == [0, 255, 255, 0]


def test_it_starts_without_numpy_and_torch() -> None:
    code = (
        "import sys; sys.argv = ['cnncalc', 'calc', 'relu', '--values', '1 2']\n"
        "from cnncalc import cli\n"
        "try: cli.main()\n"
        "except SystemExit: print({'numpy', 'torch', 'rich', 'PIL'} & sys.modules.keys())"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.endswith("set()\n")


# -- as a matrix ----------------------------------------------------------------------------


def test_a_convolution_is_a_sparse_matrix(cnncalc: Run) -> None:
    arguments = ("--input", "1x3x3", "--kernel", "1 2; 3 4", "--matrix", "--at", "1,1")
    shown = cnncalc("calc", "conv: {filters: 1, kernel: 2}", *arguments).stdout
    rows = (" 1  2  .  3  4  .  .  .  .", "[.][.][.][.][1][2][.][3][4]")
    assert all(f"{row}\n" in shown for row in rows)
    assert shown.endswith(
        "36 numbers, 16 of them not 0, made of 4 weights; to each output its bias is added\n"
    )


def test_numbers_stand_beside_their_matrix(cnncalc: Run) -> None:
    shown = cnncalc("calc", CONV, "--values", "111 111 111", "--kernel", BOX, "--matrix").stdout
    assert shown.startswith("conv   1x3x3 -> 1x1x1, a matrix of 1x9\n")
    assert "[1][1][1][1][1][1][1][1][1]    [9]       [1]\n" in shown


def test_a_matrix_is_written(cnncalc: Run, tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    cnncalc("calc", "avg_pool: 2", "--input", "1x2x4", "--matrix", "-o", str(path))
    assert path.read_text() == "0.25,0.25,0,0,0.25,0.25,0,0\n0,0,0.25,0.25,0,0,0.25,0.25\n"


@pytest.mark.parametrize(
    ("layer", "arguments", "says"),
    [
        ("max_pool: 2", ["--input", "1x4x4"], "`max_pool`: no matrix: `conv`"),
        (CONV, [], "--matrix wants `--input 1x4x4`"),
        (CONV, ["--input", "1x9x9", "--training"], "--matrix goes without --training"),
        (CONV, ["--input", "1x9x9", "--want", "3x3"], "--matrix goes without --training and"),
        (CONV, ["--input", "1x9x9", "--bias", "1"], "--bias: no layer here has one"),
        (CONV, ["--input", "1x999x999"], "a matrix of 994,009 x 998,001: at most 4,000,000"),
        (f"[{{{CONV}}}, relu]", ["--input", "1x9x9"], "--matrix wants one layer"),
    ],
)
def test_what_is_no_matrix(cnncalc: Run, layer: str, arguments: list[str], says: str) -> None:
    found = cnncalc("calc", layer, *arguments, "--matrix")
    assert found.returncode == 2
    assert says in found.stderr
