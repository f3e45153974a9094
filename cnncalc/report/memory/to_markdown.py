"""Memory as GitHub-flavoured Markdown."""

from __future__ import annotations

from cnncalc.analysis.memory_use import Use
from cnncalc.report.grid import markdown_table
from cnncalc.report.memory.shares import answers, beside, curve, figures, title, verdict
from cnncalc.report.units import memory
from cnncalc.text import markdown


def to_markdown(use: Use) -> str:
    """A network: its shares, the layers, what fits."""
    shares = [("", "bytes", "")]
    shares += [(each.name, memory(each.bytes), markdown(each.says)) for each in figures(use)]
    lines = [("layer", "kept", "alive")]
    lines += [(markdown(each.path), memory(each.kept), memory(each.alive)) for each in curve(use)]
    parts = [f"### {markdown(title(use))}", markdown_table(shares, {0, 2})]
    parts.append(markdown_table(lines, {0}))
    if use.reserves:
        parts.append(markdown(beside(use)))
    if verdict(use):
        parts.append(verdict(use))
    rows = [tuple(map(markdown, row)) for row in answers(use)]
    if rows:
        parts.append(markdown_table([("option", "takes", "fits", ""), *rows], {0, 3}))
    return "\n\n".join(parts) + "\n"
