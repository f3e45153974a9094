"""Memory as plain text: the shares, a curve over the layers, what fits."""

from __future__ import annotations

from cnncalc.analysis.memory_use import Use
from cnncalc.numbers import bar
from cnncalc.report.fitting import shortened
from cnncalc.report.grid import aligned
from cnncalc.report.memory.shares import answers, beside, curve, figures, title, verdict
from cnncalc.report.units import memory
from cnncalc.text import line

WIDTH = 80
PATH = 34
BAR = 20


def to_text(use: Use) -> str:
    """A network."""
    parts = [line(title(use)), *_figures(use), "", *_curve(use)]
    if use.conditions.recompute:
        again = ", ".join(map(line, use.conditions.recompute))
        parts += ["", f"run again: {again}, {use.macs:,} MACs more for a sample"]
    if use.reserves:
        parts += ["", line(beside(use))]
    if use.limit is not None:
        parts += ["", verdict(use), *_answers(use)]
    return "".join(f"{part}\n" for part in parts)


def _figures(use: Use) -> list[str]:
    rows = [(figure.name, memory(figure.bytes), line(figure.says)) for figure in figures(use)]
    return [f"  {text}" for text in aligned(rows, {0, 2})]


def _curve(use: Use) -> list[str]:
    lines = curve(use)
    most = max(each.alive for each in lines) or 1
    rows = [("layer", "kept", "alive", "")]
    for each in lines:
        path = shortened(line(each.path), PATH)
        drawn = bar(each.alive / most, BAR, plain=True)
        rows.append((path, memory(each.kept), memory(each.alive), drawn))
    if use.conditions.optimizer is None:
        rows = [(path, alive, drawn) for path, _, alive, drawn in rows]  # type: ignore[misc]
        return aligned(rows, {0, 2})
    return aligned(rows, {0, 3})


def _answers(use: Use) -> list[str]:
    rows = list(answers(use))
    return [f"  {text}" for text in aligned(rows, {0, 3})] if rows else []
