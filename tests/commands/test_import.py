"""`cnncalc import`: what it writes where, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Run

NET = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, width, 3, padding=1), nn.ReLU())
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


class Sorted(Net):
    def forward(self, x):
        return self.head(self.body(x).sort(1)[0].cumsum(1).mean((2, 3)))
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "net.py").write_text(NET)
    return str(tmp_path / "net.py")


def test_a_class_of_a_file(cnncalc: Run, file: str) -> None:
    done = cnncalc("import", f"{file}:Net", "--input", "3x8x8", "--with", "width=16")
    assert done.returncode == 0
    assert "running the code of" in done.stderr
    assert "conv: {filters: 16, kernel: 3, padding: half}" in done.stdout
    assert f"params: {16 * 27 + 16 + 16 * 10 + 10}" in done.stdout
    assert cnncalc("check", "-", stdin=done.stdout).returncode == 0


def test_a_part_of_a_model(cnncalc: Run, file: str) -> None:
    done = cnncalc("import", f"{file}:Net", "--input", "3x8x8", "--module", "body")
    assert done.returncode == 0
    assert "output: 8x8x8" in done.stdout


def test_what_cannot_be_said_is_listed_with_its_place(cnncalc: Run, file: str) -> None:
    done = cnncalc("import", f"{file}:Sorted", "--input", "3x8x8")
    assert (done.returncode, done.stdout) == (1, "")
    assert "sort: no layer does what `sort` does" in done.stderr
    assert f"Sorted ({file}:{NET.splitlines().index('class Sorted(Net):') + 3})" in done.stderr


WRONG = {
    "no shape": ((), "wants the shape"),
    "no sizes": (("--input", "3xx8"), "--input wants a shape"),
    "no setting": (("--input", "3x8x8", "--with", "width"), "--with wants NAME=VALUE"),
    "no value": (("--input", "3x8x8", "--with", "width=[1, 2"), "a value, got `[1, 2`"),
    "a comment": (("--input", "3x8x8", "--with", "width=#"), "--with wants a value, got `#`"),
    "a key twice": (("--input", "3x8x8", "--with", "width={a: 1, a: 2}"), "--with wants a value"),
    "no part": (("--input", "3x8x8", "--module", "tail"), "no module `tail`"),
}


@pytest.mark.parametrize(("options", "said"), WRONG.values(), ids=WRONG)
def test_wrong_usage(cnncalc: Run, file: str, options: tuple[str, ...], said: str) -> None:
    done = cnncalc("import", f"{file}:Net", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("name", ["net", "net:", "no.such:Net", "missing.py:Net", "os:path"])
def test_names_that_lead_to_no_model(cnncalc: Run, name: str) -> None:
    done = cnncalc("import", name, "--input", "3x8x8")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["w.pt", "w.safetensors"])
def test_weights_under_the_specs_names(cnncalc: Run, file: str, tmp_path: Path, name: str) -> None:
    weights, spec = tmp_path / name, tmp_path / "net.yaml"
    done = cnncalc(
        *("import", f"{file}:Net", "--input", "3x8x8"),
        *("-o", str(spec), "--save-weights", str(weights)),
    )
    assert (done.returncode, done.stdout) == (0, "")
    raw = weights.read_bytes()
    assert b"conv.weight" in raw
    assert len(raw) > 4 * (8 * 27 + 8 + 8 * 10 + 10)
    again = cnncalc("import", f"{file}:Net", "--input", "3x8x8", "-o", str(spec))
    assert again.returncode == 2
    assert "--force" in again.stderr


@pytest.mark.parametrize("name", ["net", "./net", "linked/net"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_the_weights_are_not_lost_to_the_spec(
    cnncalc: Run, file: str, tmp_path: Path, name: str, force: tuple[str, ...]
) -> None:
    (tmp_path / "linked").symlink_to(tmp_path)
    done = cnncalc(
        *("import", f"{file}:Net", "--input", "3x8x8", "-o", str(tmp_path / "net")),
        *("--save-weights", f"{tmp_path}/{name}", *force),
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--output and --save-weights name one file" in done.stderr
    assert not (tmp_path / "net").exists()


def test_what_cannot_be_said_is_stated_where_that_is_asked_for(cnncalc: Run, file: str) -> None:
    done = cnncalc("import", f"{file}:Sorted", "--input", "3x8x8", "--placeholder")
    assert done.returncode == 0
    assert "foreign: {module: sort, output: [8, 8, 8], params: 0, macs: 0}" in done.stdout
    assert "sort, stated in numbers alone" in done.stderr
    for command in ("memory", "verify", "export"):
        refused = cnncalc(command, "-", stdin=done.stdout)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "known by stated numbers alone" in refused.stderr


def test_the_map_of_the_weights(cnncalc: Run, file: str, tmp_path: Path) -> None:
    out = tmp_path / "net.map"
    done = cnncalc("import", f"{file}:Net", "--input", "3x8x8", "--save-map", str(out))
    assert done.returncode == 0
    head, *lines = out.read_text().splitlines()
    assert head.split() == ["#", "ours", "theirs", "permutation"]
    assert ["conv.weight", "body.0.weight"] in [line.split() for line in lines]


def test_a_spec_against_its_model(cnncalc: Run, file: str, tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    assert cnncalc("import", f"{file}:Net", "--input", "3x8x8", "-o", str(spec)).returncode == 0
    done = cnncalc("verify", str(spec), "--against", f"{file}:Net")
    assert done.returncode == 0
    assert "5 checks, 5 equal" in done.stdout
    other = cnncalc("verify", str(spec), "--against", f"{file}:Net", "--with", "width=9")
    assert other.returncode == 1
    assert cnncalc("verify", str(spec), "--with", "width=9").returncode == 2
