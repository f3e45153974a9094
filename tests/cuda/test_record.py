"""`python -m benchmarks.record` on a GPU: slices that are kept, rows that say what was left out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import torch

from benchmarks.handwritten import resnet
from benchmarks.record import slices
from benchmarks.record.__main__ import main
from cnncalc.runtime.exhaustion import release
from tests import cuda_double

pytestmark = [pytest.mark.torch, pytest.mark.cuda]

MIB = 2**20
EAGER = ["--device", "cuda", "--rounds", "1", "--compile", "", "--graph", ""]


def recorded(folder: Path, *words: str) -> tuple[list[list[str]], str]:
    """The cells of the measured networks, and the page."""
    main([*words, "--into", str(folder)])
    (written,) = folder.glob("*.md")
    page = written.read_text()
    modes = r"\| (eager|compiled|graphed|amp) \|"
    lines = [line for line in page.splitlines() if re.search(modes, line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines], page


def kept(folder: Path) -> dict:
    (written,) = folder.glob("*.json")
    return json.loads(written.read_text())["slices"]


def test_what_does_not_fit_has_a_row(tmp_path: Path, device_memory: Callable[..., None]) -> None:
    """AlexNet has 61.1 M params of 4 bytes, 233 MiB; the pair does not fit, either."""
    release()
    device_memory(torch.cuda.memory_reserved() + 16 * MIB)
    words = ["--batch", "2", "--dtype", "fp32", "--networks", "alexnet,lenet5"]
    (large, small), page = recorded(tmp_path, *EAGER, *words)
    assert large[3:] == ["eager", "left out, too large: 0 fit"]
    assert len(small) == 14
    pairs = [
        line
        for line in page.splitlines()
        if line.startswith("| inception_bottleneck / inception_naive")
    ]
    assert [line.endswith("| left out, too large: 0 fit |") for line in pairs] == [True]


@pytest.mark.thorough
@pytest.mark.skipif(not cuda_double.wanted(), reason="a real device compiles and graphs it")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the compiler's own
def test_compiled_and_graphed_rows_say_that_they_were_left_out(tmp_path: Path) -> None:
    """In bf16, of the last batch where none of 32 is asked for."""
    words = ["--device", "cuda", "--rounds", "1", "--batch", "1,2", "--networks", "mlp"]
    found, page = recorded(tmp_path, *words, "--dtype", "fp32,bf16")
    ways = [["bf16", "2", "graphed"], ["fp32", "2", "amp"], ["bf16", "2", "compiled"]]
    assert [row[1:4] for row in found[-3:]] == ways
    assert found[-3][4].startswith("left out, not graphed: ")
    assert found[-1][4].startswith("left out, not compiled: ")
    assert [row[3] for row in found[:-3]] == ["eager"] * 4
    assert {len(row) for row in found if "left out" not in row[4]} == {14}
    assert "Not complete" not in page


def test_each_row_has_its_own_numbers(tmp_path: Path) -> None:
    words = ["--batch", "1", "--networks", "mlp", "--dtype", "tf32,fp32"]
    found, page = recorded(tmp_path, *EAGER, *words)
    assert [row[1] for row in found] == ["tf32", "fp32"]
    assert all(row[10] == row[11] == "equal" for row in found)
    promised = re.findall(r"\| (x0\.\d{3}) \| x", page)
    assert promised == [f"x{macs / 854_196_224:.3f}" for macs in (271_351_808, 358_055_936)] * 2
    assert "## The slowest layers: mlp fp32 1" in page


# -- resumption --------------------------------------------------------------------------------

TWO = [*EAGER, "--batch", "1", "--networks", "mlp,lenet5", "--dtype", "fp32"]
SLICES = [
    *("ceilings fp32", "mlp fp32 1 eager", "lenet5 fp32 1 eager"),
    *("pair inception_bottleneck fp32 1", "pair inception_358m fp32 1"),
]


class CutError(BaseException):
    """As when a machine is taken away."""


def test_a_record_goes_on_where_it_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = slices.profile
    seen: list[str] = []

    def cut(graph: object, *given: object) -> object:
        seen.append(graph.name)  # type: ignore[attr-defined]
        if len(seen) == 2:
            raise CutError
        return measure(graph, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(slices, "profile", cut)
    with pytest.raises(CutError):
        main([*TWO, "--into", str(tmp_path)])
    before = kept(tmp_path)
    assert list(before) == SLICES[:2]
    rows, page = recorded(tmp_path, *TWO)
    after = kept(tmp_path)
    assert list(after) == SLICES
    assert {name: after[name] for name in before} == before
    assert seen == ["MLP", "LeNet-5", "LeNet-5"]
    assert len(rows) == 2
    assert "Not complete" not in page


def test_the_time_ends_between_slices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any, none is measured; a page says so, and a longer run needs no other file."""
    _, page = recorded(tmp_path, *TWO, "--minutes", "0")
    assert "5 slices are missing" in capsys.readouterr().out
    assert "Not complete: 5 of 5 slices are missing." in page
    rows, page = recorded(tmp_path, *TWO)
    assert len(rows) == 2
    assert "Not complete" not in page


def test_an_unfinished_record_of_another_day_goes_on(tmp_path: Path) -> None:
    main([*TWO, "--into", str(tmp_path)])
    (written,) = tmp_path.glob("*.json")
    text = json.loads(written.read_text())
    text["date"] = "2026-01-02"
    del text["slices"]["mlp fp32 1 eager"]
    for file in tmp_path.iterdir():
        file.unlink()
    old = tmp_path / ("2026-01-02" + written.name[10:])
    old.write_text(json.dumps(text))
    recorded(tmp_path, *TWO)
    assert set(kept(tmp_path)) == {*SLICES}
    assert [file.name for file in tmp_path.glob("*.json")] == [old.name]


def test_other_circumstances_are_another_record(tmp_path: Path) -> None:
    main([*TWO, "--minutes", "0", "--into", str(tmp_path)])
    with pytest.raises(SystemExit, match="in another way"):
        main([*TWO, "--rounds", "2", "--into", str(tmp_path)])


# -- torchvision -------------------------------------------------------------------------------


def test_torchvision_has_a_row_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here one with a ResNet-50 written by hand."""
    there = ModuleType("torchvision")
    there.__spec__ = SimpleNamespace(name="torchvision")  # type: ignore[assignment]
    models = SimpleNamespace(resnet50=lambda weights: resnet(3, 4, 6, 3))
    monkeypatch.setitem(sys.modules, "torchvision", there)
    monkeypatch.setitem(sys.modules, "torchvision.models", models)
    place = slices.Asked("cuda", [1], ["fp32"], ["resnet50"], [], [1], 1)
    found = slices.slices(place)["torchvision resnet50 fp32 1"]({})
    assert 0.1 < found["forward"]["ratio"]["median"] < 10
    assert set(found) == {"forward", "step"}


def test_without_torchvision_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices.importlib.util, "find_spec", lambda name: None)
    asked = slices.Asked("cuda", [1], ["fp32"], ["vgg16"], [], [1], 1)
    measure = slices.slices(asked)["torchvision vgg16 fp32 1"]
    assert slices.measured(measure, {}) == {"left out": "torchvision is not installed"}
