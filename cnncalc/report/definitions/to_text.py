"""What every tool calls the memory of a network, as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from cnncalc.analysis.conventions.other_memory import OtherMemory, ToolMemory
from cnncalc.layers.fields import counted
from cnncalc.report.grid import aligned
from cnncalc.report.units import memory
from cnncalc.text import line

WIDTH = 80


def to_text(found: OtherMemory) -> str:
    """A network: the figures of each tool, and why they differ from ours."""
    devices = f", {counted(found.devices, 'device')}" if found.devices > 1 else ""
    parts = [f"{line(found.graph.name)}   fp32, batch {found.batch}{devices}"]
    rows = [row for each in found.definitions for row in _rows(each)]
    names = iter(aligned(rows, {0, 2}))
    for each in found.definitions:
        parts += [
            "",
            f"{each.tool} {each.version}".rstrip(),
            *(f"  {next(names)}" for _ in each.figures),
        ]
        if each.why:
            parts.append(fill(each.why, WIDTH, initial_indent="  ", subsequent_indent="  "))
    return "".join(f"{part}\n" for part in parts)


def _rows(found: ToolMemory) -> Iterator[tuple[str, str, str]]:
    return ((figure.name, memory(figure.size), figure.means) for figure in found.figures)
