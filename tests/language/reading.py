"""Specs as texts, read: their layers, or what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from cnncalc.diagnostics import Diagnostic, Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.layers.base import times
from cnncalc.network.graph import Graph
from cnncalc.report.findings.to_text import render


def graph(text: str, path: Path = Path("spec.yaml"), **overrides: str) -> Graph:
    """The graph of a sound spec."""
    diagnostics = Diagnostics()
    found = read_source(Source(str(path), text), path, diagnostics, overrides)
    assert found is not None, render(diagnostics)
    return found


def spec(*layers: str, head: str = "input: 3x32x32") -> str:
    """A spec with these items."""
    return "\n".join([head, "layers:", *(f"  - {layer}" for layer in layers), ""])


def shapes(text: str, path: Path = Path("spec.yaml"), **overrides: str) -> dict[str, str]:
    """The shape of each layer of a sound spec, by path."""
    return {node.path: times(node.shape) for node in graph(text, path, **overrides).layers}


def sources(text: str) -> dict[str, list[str]]:
    """What each layer of a sound spec reads, by path."""
    return {node.path: [read.path for read in node.inputs] for node in graph(text).layers}


def faults(text: str, path: Path = Path("spec.yaml"), **overrides: str) -> list[Diagnostic]:
    """What is wrong with a spec."""
    diagnostics = Diagnostics()
    read_source(Source(str(path), text), path, diagnostics, overrides)
    return list(diagnostics)


def fault(text: str, path: Path = Path("spec.yaml"), **overrides: str) -> Diagnostic:
    """The one thing that is wrong with a spec."""
    (found,) = faults(text, path, **overrides)
    return found


def marked(diagnostic: Diagnostic) -> str:
    """The text that a diagnostic points at."""
    _, line, column, end_line, end_column = diagnostic.span
    assert line == end_line
    return diagnostic.span.source.lines[line - 1][column - 1 : end_column - 1]
