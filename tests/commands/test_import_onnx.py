"""`cnncalc import` of an ONNX file, and such a file in the place of a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnx")

from cnncalc.api import from_onnx
from tests.commands.conftest import Run
from tests.importing.small_onnx import onnx_model, saved

NODES = "a = Conv<pads=[1,1,1,1]>(x, w, b) c = Relu(a) d = GlobalAveragePool(c) y = Flatten(d)"
WEIGHTS = {"w": (8, 3, 3, 3), "b": (8,)}


@pytest.fixture
def file(tmp_path: Path) -> str:
    return saved(onnx_model(NODES, "float[N,3,8,8] x", WEIGHTS), tmp_path)


def test_a_file(cnncalc: Run, file: str, tmp_path: Path) -> None:
    done = cnncalc("import", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert "conv: {filters: 8, kernel: 3, padding: half}" in done.stdout
    assert f"params: {8 * 27 + 8}" in done.stdout
    assert f"macs: {8 * 8 * 8 * 27:_}" in done.stdout
    assert cnncalc("check", "-", stdin=done.stdout).returncode == 0


def test_weights_under_the_specs_names(cnncalc: Run, file: str, tmp_path: Path) -> None:
    weights, spec = tmp_path / "w.safetensors", tmp_path / "net.yaml"
    done = cnncalc("import", file, "-o", str(spec), "--save-weights", str(weights))
    assert done.returncode == 0
    assert len(weights.read_bytes()) > 4 * (8 * 27 + 8)


def test_in_the_place_of_a_spec(cnncalc: Run, file: str) -> None:
    done = cnncalc("analyze", file)
    assert done.returncode == 0
    assert "params 224" in done.stdout
    assert [each.shape for each in from_onnx(file).heads.values()] == [(8,)]


def test_sizes_that_it_leaves_open(cnncalc: Run, tmp_path: Path) -> None:
    file = saved(onnx_model(NODES, "float[N,3,h,w2] x", WEIGHTS), tmp_path)
    done = cnncalc("import", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert "give all of them, --input 3x224x224" in done.stderr
    assert cnncalc("import", file, "--input", "3x16x16").returncode == 0


def test_all_that_cannot_be_said(cnncalc: Run, tmp_path: Path) -> None:
    model = onnx_model("a = Det(x) y = other.Strange(a)", "float[N,3,8,8] x")
    done = cnncalc("import", saved(model, tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "2 operations of the model cannot be said" in done.stderr
    assert "--module" not in done.stderr


def test_a_file_that_is_none(cnncalc: Run, tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_text("hello\x1b[31m")
    done = cnncalc("import", str(tmp_path / "x.onnx"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no ONNX file" in done.stderr


def test_what_does_not_go_with_it(cnncalc: Run, file: str) -> None:
    assert "--module does not go with it" in cnncalc("import", file, "--module", "a").stderr
