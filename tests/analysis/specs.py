"""Small specs, written in a test."""

from pathlib import Path

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.network.graph import Graph


def graph_of(text: str) -> Graph:
    """The graph of a spec without faults."""
    diagnostics = Diagnostics()
    graph = read_source(Source("test.yaml", text), Path("test.yaml"), diagnostics)
    assert graph, "\n".join([text, *map(str, diagnostics)])
    return graph


def network(shape: str, *items: str) -> Graph:
    """The graph of a list of layers that reads `shape`."""
    return graph_of("\n".join([f"input: {shape}", "layers:", *(f"  - {item}" for item in items)]))
