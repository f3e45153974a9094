"""Reads every spec with one character changed: `mutate.py COUNT SEED SPEC...`.

Each is given a graph and its analysis, or at least one diagnostic. What is anything else is
printed: the spec, the change, what happened.
"""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from cnncalc.analysis import analyze
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.report.findings.to_text import render

ALPHABET = ":{}[],-#\"'&*!|>%@ \t0x9\n()="
LONGEST = 10
"""Seconds of the processor for one spec; the bound is 2, a busy one is given five times as long."""


def mutations(text: str, count: int, seed: str) -> Iterator[tuple[str, str]]:
    """A description and the text, for so many changes of one character."""
    draw = random.Random(seed)
    for _ in range(count):
        at = draw.randrange(len(text))
        before, sign, after = text[:at], text[at], text[at + 1 :]
        extra = draw.choice(ALPHABET)
        what, changed = draw.choice(
            (
                ("delete", before + after),
                ("double", before + sign + sign + after),
                ("swap", before + after[:1] + sign + after[1:]),
                (f"insert {extra!r}", before + extra + sign + after),
                (f"write {extra!r}", before + extra + after),
            )
        )
        yield f"{what} at {text.count(chr(10), 0, at) + 1}:{at}", changed


def outcome(text: str, path: Path) -> str | None:
    """What is wrong with how a spec is read; None where nothing is."""
    diagnostics = Diagnostics()
    graph = read_source(Source(str(path), text), path, diagnostics)
    render(diagnostics)
    if graph:
        analyze(graph)
    return None if bool(graph) != diagnostics.failed else "a graph and an error, or neither"


def too_long(signum: int, frame: object) -> None:
    """The alarm."""
    raise TimeoutError


def main(count: int, seed: str, paths: list[Path]) -> None:
    """Print what fails."""
    signal.signal(signal.SIGPROF, too_long)
    for path in paths:
        for what, text in mutations(path.read_text(), count, f"{seed} {path.name}"):
            signal.setitimer(signal.ITIMER_PROF, LONGEST)
            try:
                fault = outcome(text, path)
            except Exception as error:
                fault = f"{type(error).__name__}: {error}"
            signal.setitimer(signal.ITIMER_PROF, 0)
            if fault:
                sys.stdout.write(f"{path}: {what}: {fault}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], [Path(name) for name in sys.argv[3:]])
