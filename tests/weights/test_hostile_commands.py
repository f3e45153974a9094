"""Files that lie, given to every command that takes weights: each says what is wrong, in a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import torch
from typer.main import get_command

from cnncalc.cli.full import application
from tests.inside import inside
from tests.weights.test_weight_files import LYING

pytestmark = pytest.mark.torch

SPEC = "input: 1x4x4\nlayers: [{conv: {filters: 2, kernel: 3}}, batch_norm, flatten, {linear: 3}]\n"

CALLS: dict[str, tuple[str, ...]] = {
    "weights show": ("weights", "show", "x"),
    "weights map": ("weights", "map", "net.yaml", "x"),
    "train": ("train", "net.yaml", "--from", "x", "--data", "synthetic", "--dry-run"),
    "verify": ("verify", "net.yaml", "--weights", "x"),
    "profile": ("profile", "net.yaml", "--weights", "x"),
    "export": ("export", "net.yaml", "--weights", "x", "-o", "out.py"),
    "export --to onnx": ("export", "net.yaml", "--weights", "x", "--to", "onnx", "-o", "out.onnx"),
    "transform": (
        *("transform", "fold-batch-norm", "net.yaml", "--weights", "x"),
        *("-o", "out.yaml", "--to", "out.pt"),
    ),
    "explain": ("explain", "net.yaml", "conv", "--weights", "x"),
    "evaluate": ("evaluate", "x", "--data", "synthetic"),
    "predict": ("predict", "x", "net.yaml"),
}

CHOSEN = (
    *("a longer header", "an endless header", "deep", "a long number", "twice", "a type"),
    *("a larger shape", "a place outside", "cut", "a long name", "a pickle"),
    *("a pickle in a zip file", "nothing", "a folder", "none"),
)
"""Of the files that lie; that each reader refuses all of them is tested where they are."""

STRANGE: dict[str, Callable[[Path], object]] = {
    "other names": lambda path: torch.save({"\x1b[31mname\u202e" * 40: torch.ones(2)}, path),
    "other shapes": lambda path: torch.save({"conv.weight": torch.ones(2, 1, 9, 9)}, path),
    "no tensors": lambda path: torch.save({"a": "text", "b": [1, 2]}, path),
    "few values": lambda path: torch.save({"conv.weight": torch.ones(1).expand(2**40)}, path),
}
"""Files that are what they say: of no use, or not to be believed."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(folder: Path, call: str, write: Callable[[Path], object]) -> CompletedProcess[str]:
    """A command with a file `x`, which is gone behind it; nothing has come of it but words."""
    file = folder / "x"
    write(file)
    done = inside(*CALLS[call], folder=folder)
    if file.is_dir():
        file.rmdir()
    file.unlink(missing_ok=True)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\u202e" not in done.stdout + done.stderr
    assert done.returncode in (0, 1, 2), done.stderr
    left = {each.name for each in folder.iterdir()} - {"net.yaml"}
    assert done.returncode == 0 or not left
    return done


@pytest.mark.parametrize("call", CALLS)
def test_a_file_that_lies_is_told(folder: Path, call: str) -> None:
    for name in CHOSEN:
        done = called(folder, call, LYING[name][0])
        assert (done.returncode, done.stdout) == (2, ""), (name, done)
        assert done.stderr.startswith("cnncalc: "), (name, done.stderr)
        assert done.stderr.count("\n") == 1, (name, done.stderr)
        assert len(done.stderr) < 600, name


@pytest.mark.parametrize("call", CALLS)
def test_a_file_of_no_use_does_nothing(folder: Path, call: str) -> None:
    for name, write in STRANGE.items():
        done = called(folder, call, write)
        assert len(done.stderr) < 3_000, name


def test_every_command_that_takes_weights_is_called() -> None:
    app: Any = get_command(application())
    names = {
        name
        for name, command in app.commands.items()
        for parameter in command.params
        if parameter.name == "checkpoint" or {"--weights", "--from"} & {*parameter.opts}
    }
    assert names - {"init"} <= {call.split()[0] for call in CALLS}  # its `--from` is of the zoo
