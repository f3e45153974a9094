"""Systems that lack what POSIX has, as Windows does: locks, signals, pipes, ways to open a file.

A process in which all of that is taken away stands in for them.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from cnncalc import streams
from cnncalc.checking import checker as checking

ROOT = Path(__file__).parents[1]

MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "termios")
SIGNALS = ("SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGUSR1", "SIGALRM", "SIGCHLD")
FUNCTIONS = (
    *("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "chown", "fchmod", "fork", "getuid"),
    *("kill", "mkfifo", "sched_getaffinity", "sysconf", "uname"),
)

WITHOUT = f"""
import importlib, os, signal, sys
for module in {{imports}}:  # what these take from the system is theirs
    importlib.import_module(module)
for name in {MODULES}:
    sys.modules[name] = None
for name in {SIGNALS} if "pytorch_lightning" not in sys.modules else ():
    delattr(signal, name)  # Lightning knows Windows by its name, and uses them elsewhere
for name in {FUNCTIONS}:
    delattr(os, name)
from cnncalc.cli import main
main()
"""

SPEC = """
name: Größe
input: 1x8x8
layers: [flatten, linear: 10]
train: {epochs: 1}
"""


def without(folder: Path, *arguments: str, imports: tuple[str, ...] = (), says: str = "") -> str:
    """What `cnncalc` prints there; what it says beside that begins so."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(imports=imports), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(says) if says else done.stderr == "", done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one spec."""
    (tmp_path / "small.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "cnncalc.toml").write_text("max_params = 1000\n", encoding="utf-8")
    return tmp_path


def test_analyze(folder: Path) -> None:
    found = json.loads(without(folder, "analyze", "small.yaml", "--format", "json"))
    assert found["totals"]["params"] == 64 * 10 + 10


def test_check(folder: Path) -> None:
    assert "sound" in without(folder, "check", ".", "--ignore", "CNN9")


def test_export(folder: Path) -> None:
    assert without(folder, "export", "small.yaml", "-o", "small.py") == ""
    written = (folder / "small.py").read_bytes()
    assert b"nn.Linear(64, 10)" in written
    assert b"\r" not in written


def test_compare_with_a_revision(folder: Path) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    text = without(folder, "compare", "--git", "HEAD", "small.yaml", imports=("subprocess",))
    assert text == "no number or layer changed since HEAD: small.yaml\n"


@pytest.mark.torch
@pytest.mark.skipif(find_spec("pytorch_lightning") is None, reason="needs the extra `train`")
def test_train(folder: Path) -> None:
    imports = ("pytorch_lightning", "sklearn.datasets", "tensorboardX", "torch._dynamo")
    next_steps = "next: cnncalc evaluate runs/small/best.ckpt"
    given = ("train", "small.yaml", "--device", "cpu")
    text = without(folder, *given, imports=imports, says=next_steps)
    assert "checkpoint: runs/small/best.ckpt" in text
    assert (folder / "runs" / "small" / "last.ckpt").is_file()
    assert b"\r" not in (folder / "runs" / "small" / "metrics.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "terminal", "environment", "wanted"),
    [
        ("nt", False, {}, "utf-8"),
        ("nt", True, {}, None),
        ("nt", False, {"PYTHONIOENCODING": "ascii"}, None),
        ("posix", False, {}, None),
    ],
)
def test_what_goes_to_files_and_pipes_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    terminal: bool,
    environment: dict[str, str],
    wanted: str | None,
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "cp1252")
    monkeypatch.setattr(stream, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(os, "name", name)
    found = streams.encoding(stream)
    monkeypatch.undo()
    assert found == wanted


def test_a_settings_file_on_another_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no path from one drive to another."""

    def relpath(path: str) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", relpath)
    assert checking._shown("D:/specs/cnncalc.toml") == "D:/specs/cnncalc.toml"
