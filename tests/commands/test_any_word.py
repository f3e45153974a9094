"""Words on the command line that no file, folder or option can have: a message, and 1 or 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.commands import run

LINES = """
analyze WORD
analyze lenet5 --set WORD
analyze lenet5 --set input=WORD
analyze lenet5 --columns WORD
analyze lenet5 --depth WORD
analyze lenet5 --format WORD
analyze lenet5 --root WORD
check WORD
check WORD/
check lenet5 --select WORD
compare WORD lenet5
compare --git HEAD WORD
compare --git HEAD WORD/a
compare --git WORD lenet5
explain WORD
explain WORD conv
explain lenet5 WORD
calc WORD --input 3x8x8
calc conv --input WORD
export WORD
export lenet5 --to WORD
export lenet5 --output WORD/a
transform WORD lenet5
transform fold-batch-norm WORD
transform fold-batch-norm resnet18 --output WORD/a
zoo show WORD
import WORD --input 3x8x8
import os:path --input WORD
import os:path --input 3x8x8 --with WORD
init WORD/a
init --from WORD
train WORD
train lenet5 --data WORD
train lenet5 --from WORD
train lenet5 --from lenet5.pt --map WORD
train lenet5 --recipe WORD
train lenet5 --device WORD
verify WORD
verify lenet5 --weights WORD
profile WORD
profile lenet5 --weights WORD
weights show WORD
weights map WORD lenet5.pt
weights map lenet5 WORD
profile lenet5 --device WORD
""".strip().splitlines()

WORDS = {
    "long": "x" * 300,
    "longer": "x" * 100_000,
    "deep": "a/" * 3_000,
    "stars": "*?[",
    "home": "~nobody",
    "lines": "a\nb",
    "colours": "\x1b[31m",
    "right to left": "\u202ea",
    "not UTF-8": "\udcff",
}


@pytest.mark.parametrize("line", LINES)
def test_any_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name, word in WORDS.items():
        code, printed = run([part.replace("WORD", word) for part in line.split(" ")])
        assert code in (1, 2), (name, printed)
        assert printed.strip()
