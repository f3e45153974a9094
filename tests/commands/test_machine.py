"""A machine measured, kept in a file, and asked for another network."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cnncalc.commands.analyze import HowToAnalyze, analyze
from cnncalc.commands.options import UsageError
from cnncalc.commands.profile import profile
from cnncalc.commands.progress import progress
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.machine.read_machine import read_machine
from cnncalc.language.machine.write_machine import written
from cnncalc.machine import Ceilings, Cost, HeldOut, Machine, Rates
from tests.inside import ROOT, inside

RATES = Rates(
    Ceilings(1e11, 1e10, 1e-6),
    {"all": Cost(2.0, 3.0, 0.0, 1e-5, 99)},
    ("A", "B", "C"),
    HeldOut(0.125, 0.25, 3),
)
KNOWN = Machine("Some CPU", "cpu", 2, "2.13.0", {"fp32": RATES})
SPEC = "name: Two\ninput: 64\nlayers: [{linear: 32}, relu]\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A spec and a machine."""
    spec, machine = tmp_path / "two.yaml", tmp_path / "machine.yaml"
    spec.write_text(SPEC)
    machine.write_text(written(KNOWN))
    return str(spec), str(machine)


LINEAR = 4 * (64 + 32 + 64 * 32 + 32) / 1e10  # bytes over the rate of a copy
RELU = 4 * 2 * 32 / 1e10


def test_json_has_times_and_bounds(files: tuple[str, str]) -> None:
    spec, machine = files
    found = json.loads(inside("analyze", spec, "--machine", machine, "--format", "json").stdout)
    linear, relu = found["layers"]
    compute = 2 * 64 * 32 / 1e11
    assert linear["time"] == pytest.approx(2 * compute + 3 * LINEAR + 1e-5)
    assert linear["bound"] == pytest.approx(1e-6)
    assert linear["binds"] == "start"
    assert linear["intensity"] == pytest.approx((2 * 64 * 32 + 32) / (LINEAR * 1e10))
    assert relu["time"] == pytest.approx(3 * RELU + 1e-5)
    assert found["totals"]["time"] == pytest.approx(linear["time"] + relu["time"])
    assert found["totals"]["bound"] == pytest.approx(2e-6)
    assert found["machine"]["held_out"] == {"mean": 0.125, "worst": 0.25, "networks": 3}
    assert found["machine"]["dtype"] == "fp32"


def test_a_batch_takes_longer_and_binds_otherwise(files: tuple[str, str]) -> None:
    spec, machine = files
    run = inside("analyze", spec, "--machine", machine, "--format", "json", "--batch", "100000")
    linear, relu = json.loads(run.stdout)["layers"]
    assert (linear["binds"], relu["binds"]) == ("compute", "memory")
    assert linear["bound"] == pytest.approx(100_000 * 2 * 64 * 32 / 1e11)
    assert relu["bound"] == pytest.approx(100_000 * RELU)


def test_text_says_how_far_times_are_off(files: tuple[str, str]) -> None:
    spec, machine = files
    text = inside("analyze", spec, "--machine", machine).stdout
    said = " ".join(text.split())
    assert "on Some CPU, 2 threads, fp32, PyTorch 2.13.0, learned of 3 networks there" in said
    assert "12% wrong on average, 25% at most" in said
    assert "FLOPs/byte" in text


def test_numbers_that_were_not_measured(files: tuple[str, str]) -> None:
    run = inside("analyze", files[0], "--machine", files[1], "--dtype", "bf16")
    assert run.returncode == 2
    assert "has no rates of bf16: it has fp32" in " ".join(run.stderr.split())


def test_nothing_of_a_machine_without_one(files: tuple[str, str]) -> None:
    found = json.loads(inside("analyze", files[0], "--format", "json").stdout)
    assert "machine" not in found
    assert "time" not in found["totals"]


def test_what_is_wrong_with_the_file_is_told_in_its_place(files: tuple[str, str]) -> None:
    spec, machine = files
    Path(machine).write_text(written(KNOWN).replace("bandwidth: 1", "bandwidth: -1"))
    run = inside("analyze", spec, "--machine", machine)
    assert run.returncode == 1
    assert "CNN262 `bandwidth` wants a number of at least 0, got `-10000000000.0`" in run.stderr
    assert run.stdout == ""
    missing = inside("analyze", spec, "--machine", "nowhere.yaml")
    assert (missing.returncode, "CNN107" in missing.stderr) == (1, True)


# -- measured -------------------------------------------------------------------------------


@pytest.mark.torch
def test_measured_and_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No layer takes less than its bound; and what was measured is told again, about."""
    path, specs = str(tmp_path / "machine.yaml"), ["lenet5", "ds_cnn", "resnet20"]
    given = {"device": "cpu", "rounds": 3, "training": False, "save": path, "form": "json"}
    assert profile(specs, [], **given) == 0  # type: ignore[arg-type]
    measured = json.loads(capsys.readouterr().out)
    machine = read_machine(path, Diagnostics())
    assert machine
    (rates,) = machine.rates.values()
    assert rates.held_out
    assert rates.held_out.networks == len(rates.learned) == 3
    assert analyze(specs, [], HowToAnalyze("all", machine=path), "json") == 0
    for one, other in zip(measured, json.loads(capsys.readouterr().out), strict=True):
        bounds = {layer["path"]: layer["bound"] for layer in other["layers"]}
        for layer in one["layers"]:
            assert layer["forward"] == 0 or layer["forward"] > bounds[layer["path"]], layer["path"]
        assert other["totals"]["bound"] < one["forward"]["median"]
        assert other["totals"]["time"] > other["totals"]["bound"]


RECORD = ROOT / "docs" / "measurements" / "2026-11-26-roofline-amd-epyc.yaml"


@pytest.mark.torch
def test_other_numbers_join_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its ceilings are told, not measured: in bf16 that takes minutes where a CPU has none."""
    known = read_machine(str(RECORD), Diagnostics())
    assert known
    told = known.rates["fp32"].ceilings
    monkeypatch.setattr("cnncalc.runtime.profile.profile.ceilings", lambda *_, **__: told)
    path = str(tmp_path / "machine.yaml")
    given = {"device": "cpu", "rounds": 1, "training": False, "save": path}
    assert profile(["lenet5"], [], **given) == 0  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--force writes over it"):
        profile(["lenet5"], [], **given)  # type: ignore[arg-type]
    assert profile(["lenet5"], [], dtype="bf16", force=True, **given) == 0  # type: ignore[arg-type]
    machine = read_machine(path, Diagnostics())
    assert machine
    assert list(machine.rates) == ["bf16", "fp32"]


@pytest.mark.parametrize("other", ["compiled", "graphed"])
def test_layers_are_what_is_learned_of(other: str) -> None:
    with pytest.raises(UsageError, match="--save"):
        profile(["lenet5"], [], save="machine.yaml", **{other: True})  # type: ignore[arg-type]


# -- while it goes on -----------------------------------------------------------------------


class Terminal:
    """A stream that says that it is one, or not."""

    def __init__(self, is_one: bool) -> None:
        self.is_one, self.text = is_one, ""

    def isatty(self) -> bool:
        return self.is_one

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("is_one", [True, False])
def test_progress(is_one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(is_one)
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("measuring \033[31mRed\033[0m"):
        during = terminal.text
    assert ("measuring" in during) == is_one
    assert "\033[31m" not in terminal.text
    assert terminal.text.endswith("\r\033[K" if is_one else "")
