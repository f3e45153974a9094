"""Hostile names in spec files, given to commands.

`python -m tests.hostile.commands FOLDER PART PARTS` prints, as JSON, what a command did to the
machine beside reading and printing, and its crashes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from typer.main import get_command

from cnncalc.cli.full import application
from cnncalc.commands.formats import ANALYZE, CHECK, COMPARE, MEMORY, names
from tests.hostile.places import pairs, written
from tests.hostile.watch import Watch

FORMATS = {
    "analyze": names(ANALYZE),
    "check": names(CHECK),
    "compare": names(COMPARE),
    "memory": names(MEMORY),
}
CALLS: tuple[tuple[str, ...], ...] = (
    *((command, "--format", form) for command, forms in FORMATS.items() for form in forms),
    *(("analyze", "--depth", "all"), ("explain",), ("export",), ("check", "--select", "CNN9")),
    ("report",),
    *(("transform", "fold-batch-norm"), ("transform", "fc-to-conv"), ("transform", "conv-to-fc")),
)
"""Commands that need no PyTorch, each with its options, in every format."""

COMMAND = get_command(application())


def arguments(call: Sequence[str], spec: str) -> list[str]:
    """The words of a command line for a spec."""
    command, *options = call
    if command == "compare":
        return [command, spec, "good.yaml", *options]
    if command == "transform":
        return [command, options[0], spec]
    return [command, spec, *options, *(["stem"] if command == "explain" else [])]


def run(words: list[str]) -> tuple[int, str]:
    """The exit code of a command, and what it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            COMMAND(words, prog_name="cnncalc")
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def main(folder: Path, part: int, parts: int) -> None:
    """Every name at every place; the commands take turns."""
    os.chdir(folder)
    Path("good.yaml").write_text(written(), encoding="utf-8")
    for call in CALLS:  # what is read at first use
        code, text = run(arguments(call, "good.yaml"))
        assert code < 2, text
    watch = Watch(folder)
    faults = []
    names = pairs(part, parts)
    for number, (place, name) in enumerate(names):
        Path("spec.yaml").write_text(written(place, name), encoding="utf-8")
        words = arguments(CALLS[number % len(CALLS)], "spec.yaml")
        with watch.watching() as seen:
            code, text = run(words)
        at = f"{place} {name!r}: {' '.join(words)}"
        faults += [f"{at}: {event}" for event in seen]
        if code > 1:
            faults.append(f"{at}: exit code {code}: {text[-500:]}")
    sys.stdout.write(json.dumps({"faults": faults, "runs": len(names)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
