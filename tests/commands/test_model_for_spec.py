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


COMMANDS = {
    "analyze": (),
    "compare": ("resnet20",),
    "draw": (),
    "explain": (),
    "export": (),
    "memory": (),
    "verify": ("--no-field",),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_it(cnncalc: Run, name: str, command: str) -> None:
    done = cnncalc(command, name, *COMMANDS[command], "--input", "3x32x32")
    assert done.returncode == 0, done.stderr
    assert done.stdout


CFG = """
[net]
width=8
height=8
channels=3

[convolutional]
filters=8
size=3
stride=1
pad=1
activation=leaky
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_file_of_another_tool(
    cnncalc: Run, tmp_path: Path, command: str
) -> None:
    (tmp_path / "net.cfg").write_text(CFG)
    done = cnncalc(command, str(tmp_path / "net.cfg"), *COMMANDS[command])
    assert done.returncode == 0 or command == "compare", done.stderr
    assert "CNN108" not in done.stderr


def test_a_spec_in_json_is_a_spec(cnncalc: Run, tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text('{"input": "3x8x8", "layers": ["relu"]}')
    assert cnncalc("analyze", str(tmp_path / "net.json")).returncode == 0
