"""A model of PyTorch's in the place of a spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tests.commands.test_import import NET


@pytest.fixture
def name(tmp_path: Path) -> str:
    (tmp_path / "net.py").write_text(NET)
    return f"{tmp_path / 'net.py'}:Net"


def test_it_is_analysed(cnncalc: Run, name: str) -> None:
    how = ("--input", "3x8x8", "--set", "width=16", "--format", "json")
    done = cnncalc("analyze", name, *how)
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["spec"] == name
    assert found["totals"]["params"] == 16 * 27 + 16 + 16 * 10 + 10
    assert "running the code of" in done.stderr


def test_it_is_compared_with_a_spec(cnncalc: Run, name: str) -> None:
    done = cnncalc("compare", name, "resnet20", "--input", "3x32x32")
    assert done.returncode == 0
    assert "ResNet-20" in done.stdout


def test_check_runs_no_code(cnncalc: Run, name: str) -> None:
    done = cnncalc("check", name)
    assert done.returncode == 1
    assert "running the code of" not in done.stderr
    assert "no such file" in done.stdout


def test_what_cannot_be_said_has_no_graph(cnncalc: Run, name: str) -> None:
    done = cnncalc("analyze", name.replace(":Net", ":Sorted"), "--input", "3x8x8")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no layer does what `sort` does" in done.stderr


@pytest.mark.parametrize("other", ["a:b:c", "no.such:Net", ":Net", "net.py:", "c:\\net", "1:2"])
def test_names_of_nothing(cnncalc: Run, other: str) -> None:
    done = cnncalc("analyze", other, "--input", "3x8x8")
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
