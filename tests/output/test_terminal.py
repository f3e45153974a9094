"""On a terminal: its colours are ours, and all else is shown."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT
from tests.output.hostile import TEXTS, controls

TEXT = "".join(TEXTS[name] for name in ("colour", "clipboard", "C1", "bidi", "workflow on a line"))
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def on_a_terminal(*arguments: str, folder: Path) -> str:
    """What `cnncalc` prints there, its colours taken away."""
    screen, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
            "COLUMNS": "200",
        },
    ):
        os.close(terminal)
        printed = b""
        while chunk := read(screen):
            printed += chunk
    os.close(screen)
    return COLOUR.sub("", printed.decode())


def read(screen: int) -> bytes:
    try:
        return os.read(screen, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.mark.parametrize("command", [["analyze"], ["compare", "other.yaml"], ["check"], ["export"]])
def test_nothing_is_obeyed(command: list[str], tmp_path: Path) -> None:
    layers = "input: 3x8x8\nlayers: [{conv: {filters: 3, kernel: 3}}, relu]\n"
    text = f"name: {json.dumps(TEXT)}\nabout: {json.dumps(TEXT)}\n{layers}"
    name = f"{TEXTS['colour']}.yaml"
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(layers, encoding="utf-8")
    shown = on_a_terminal(*command, f"./{name}", folder=tmp_path)
    assert shown
    assert controls(re.sub(r"\r+\n", "\n", shown)) == []
    assert not re.search(r"^\s*::", shown, re.MULTILINE)
    if command != ["check"]:
        assert r"\x1b[31m" in shown
    if command == ["analyze"]:
        assert "conv" in shown
