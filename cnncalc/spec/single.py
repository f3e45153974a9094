"""One layer on its own, without a file: text and input shape -> a graph."""

from __future__ import annotations

from contextlib import suppress

from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.graph import Graph
from cnncalc.spec import source as tree
from cnncalc.spec.expand import expand
from cnncalc.spec.grammar import Grammar
from cnncalc.spec.parse import item, items
from cnncalc.spec.syntax import Network


def read_layer(layer: str, shape: str, diagnostics: Diagnostics) -> Graph | None:
    """The graph of `layer`, written as an item of a spec (or several in a list), on an input of
    `shape`; None, with the reasons in `diagnostics`, where there is none."""
    written = tree.read(Source("<layer>", layer), diagnostics)
    reads = tree.read(Source("<input>", shape), diagnostics)
    if written is None or reads is None:
        return None
    grammar = Grammar(diagnostics, {}, {})
    alone = not isinstance(written, tree.Sequence)
    found = (item(written, grammar),) if alone else items(written, "the list", grammar)
    network = Network(
        name="",
        about="",
        source="",
        inputs={"": reads},
        args={},
        blocks={},
        items=found,
        outputs=(),
        expect=(),
        strict_fit=False,
        init="",
        span=written.span,
        head=written.span,
    )
    with suppress(TooCostlyError):
        return expand(network, "<layer>", diagnostics)
    return None
