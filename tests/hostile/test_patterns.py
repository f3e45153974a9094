"""Every regular expression that meets a stranger's text takes time as that is long, no more."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LENGTH = 20_000
"""Half its square is 200 million steps, a second and more."""

SECONDS = 0.3

PUMPS = (" ", "\t", "\n", "a", "0", "1_", "x3", "#", "# ", "a.", "a b", "[", "{", ",", ", ", ": ")
PUMPS = (*PUMPS, "=", "\\", "`", "-", "1,000", "a: ", "a=", ";", "(", "1.", "\u00e9", "a\n", " \n")
HEADS = (
    "",
    "a",
    "#",
    "{",
    "input",
    "[tool",
    "0",
    "1",
    "- ",
    "`",
    "# cnncalc:",
    "ignore",
    "at most",
)
TAILS = ("", "!", "=", ":", "\0", "a")


def patterns() -> Iterator[tuple[str, re.Pattern[str], str]]:
    """The patterns of modules that import no PyTorch, and how each is used."""
    for path in sorted((ROOT / "cnncalc").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "re.compile(" not in text or "runtime" in path.parts:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for key, pattern in vars(importlib.import_module(name)).items():
            if isinstance(pattern, re.Pattern):
                used = re.search(rf"\b{key}\.(\w+)\(", text)
                yield f"{name}.{key}", pattern, used[1] if used else "search"


FOUND = list(patterns())


def seconds(pattern: re.Pattern[str], use: str, text: str) -> float:
    """The processor's time that a pattern takes on a text."""
    start = time.process_time()
    if use in ("match", "fullmatch", "search"):
        getattr(pattern, use)(text)
    else:
        pattern.findall(text)
    return time.process_time() - start


@pytest.mark.parametrize(("name", "pattern", "use"), FOUND, ids=[name for name, *_ in FOUND])
def test_a_long_text_takes_no_longer(name: str, pattern: re.Pattern[str], use: str) -> None:
    for head, pump, tail in product(HEADS, PUMPS, TAILS):
        text = head + pump * (LENGTH // len(pump)) + tail
        taken = seconds(pattern, use, text)
        assert taken < SECONDS or seconds(pattern, use, text) < SECONDS, (head, pump, tail)


def test_a_slow_one_would_be_found() -> None:
    text = "a" + " " * LENGTH
    assert seconds(re.compile(r"\w+\s*[\s:]\s*\S"), "match", text) > SECONDS
