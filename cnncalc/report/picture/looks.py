"""The colours of pictures, on light and on dark pages."""

from __future__ import annotations

from cnncalc.records import NamedTuple
from cnncalc.report.picture.marks import Look


class Colours(NamedTuple):
    """boxes: what a box is filled with, and its line; letters: of each sort"""

    paper: str
    boxes: dict[Look, tuple[str, str]]
    letters: dict[Look, str]
    wire: str
    hatch: str
    heat: str


LIGHT = Colours(
    "#ffffff",
    {
        "weighted": ("#dbeafe", "#3b82f6"),
        "sequence": ("#e0e7ff", "#6366f1"),
        "table": ("#cffafe", "#0891b2"),
        "norm": ("#ede9fe", "#8b5cf6"),
        "contrast": ("#ede9fe", "#8b5cf6"),
        "scale": ("#fae8ff", "#c026d3"),
        "activation": ("#ffedd5", "#f97316"),
        "pool": ("#dcfce7", "#16a34a"),
        "cells": ("#fef9c3", "#ca8a04"),
        "move": ("#f1f5f9", "#64748b"),
        "join": ("#fef9c3", "#ca8a04"),
        "data": ("#f8fafc", "#475569"),
        "part": ("#eef2f7", "#475569"),
        "added": ("#bbf7d0", "#15803d"),
        "removed": ("#fecaca", "#b91c1c"),
        "edited": ("#fde68a", "#b45309"),
        "frame": ("none", "#cbd5e1"),
    },
    {"strong": "#0f172a", "plain": "#1e293b", "faint": "#475569"},
    "#64748b",
    "#cbd5e1",
    "#dc2626",
)

DARK = Colours(
    "#0d1117",
    {
        "weighted": ("#172554", "#60a5fa"),
        "sequence": ("#1e1b4b", "#818cf8"),
        "table": ("#083344", "#22d3ee"),
        "norm": ("#2e1065", "#a78bfa"),
        "contrast": ("#2e1065", "#a78bfa"),
        "scale": ("#4a044e", "#e879f9"),
        "activation": ("#431407", "#fb923c"),
        "pool": ("#052e16", "#4ade80"),
        "cells": ("#422006", "#facc15"),
        "move": ("#1e293b", "#94a3b8"),
        "join": ("#422006", "#facc15"),
        "data": ("#161b22", "#94a3b8"),
        "part": ("#1b2330", "#94a3b8"),
        "added": ("#14532d", "#4ade80"),
        "removed": ("#7f1d1d", "#f87171"),
        "edited": ("#713f12", "#fbbf24"),
        "frame": ("none", "#475569"),
    },
    {"strong": "#f8fafc", "plain": "#e2e8f0", "faint": "#a7b4c6"},
    "#94a3b8",
    "#475569",
    "#f87171",
)
