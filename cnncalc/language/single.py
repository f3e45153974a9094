"""One layer on its own, without a file: text and input shape -> a graph."""

from __future__ import annotations

from contextlib import suppress

from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.expansion.expand import expand
from cnncalc.language.text import tree
from cnncalc.language.written.grammar import Grammar
from cnncalc.language.written.parse import item, items
from cnncalc.language.written.syntax import Network
from cnncalc.network.graph import Graph


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
        published=None,
        strict_fit=False,
        init="",
        span=written.span,
        head=written.span,
    )
    with suppress(TooCostlyError):
        return expand(network, "<layer>", diagnostics)
    return None
