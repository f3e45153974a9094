"""Memory in the words of a recipe: what a step of it takes, and which fields would take less."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.memory_use import SHORT, Remedy, Use
from cnncalc.report.grid import aligned
from cnncalc.report.memory.shares import how, verdict, where
from cnncalc.report.units import memory

FIELDS = {"--batch": "batch", "--recompute": "recompute", "--autocast": "precision"}
"""What `cnncalc memory` says, as fields; of other options a recipe has none."""


def to_recipe(use: Use) -> Iterator[str]:
    """A line, and where it does not fit one for each thing that would take less."""
    peak = where(use.footprint.peak(use.conditions.batch))
    yield f"memory: {memory(use.total)} {peak}, as computed: {how(use)}"
    yield f"  {verdict(use)}"
    rows = [row for remedy in use.remedies if (row := _row(remedy))]
    yield from (f"  {text}" for text in aligned(rows, {0, 2})) if rows else ()


def _row(remedy: Remedy) -> tuple[str, str, str] | None:
    option, _, value = remedy.option.partition(" ")
    if option not in FIELDS:
        return None
    numbers = {short: name for name, short in SHORT.items()}
    field = f"-r {FIELDS[option]}={numbers.get(value, value)}"
    return field, memory(remedy.total), f"the largest batch is then {remedy.largest:,}"
