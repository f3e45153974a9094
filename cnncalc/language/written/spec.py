"""A spec's text -> the whole network as written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Source, Span, listed
from cnncalc.language.text import tree
from cnncalc.language.text.files import Reader, read_file
from cnncalc.language.text.tree import Entry, Scalar, described
from cnncalc.language.written.definitions import block, block_args, defaults
from cnncalc.language.written.document import Document, read_document
from cnncalc.language.written.expect import check_form
from cnncalc.language.written.grammar import OUTPUTS, Grammar
from cnncalc.language.written.mappings import names
from cnncalc.language.written.parse import items
from cnncalc.language.written.syntax import Block, Fields, Network, Output
from cnncalc.network.expectation import Expectation
from cnncalc.network.graph import Definition
from cnncalc.network.published import Published
from cnncalc.path_texts import stem

if TYPE_CHECKING:
    from cnncalc.network.recipe import Recipe

FITS = ("floor", "strict")
INITS = ("suited", "he", "xavier", "pytorch")

UNNAMED = "input"
"""What an input without a name is called."""


def network(
    source: Source,
    path: str,
    overrides: Mapping[str, Source],
    shapes: Mapping[str, Source],
    diagnostics: Diagnostics,
    reader: Reader = read_file,
) -> Network | None:
    """The network written in `source`; None, reported, where nothing can be said of its layers.
    `overrides` take the place of its arguments, `shapes` of its inputs."""
    document = read_document(source, path, diagnostics, reader)
    if document is None:
        return None
    grammar, blocks = _blocks(document, diagnostics)
    expect = _expectations(document, diagnostics)
    recipe = _recipe(document, diagnostics)
    if not _has_network(document, Span(source, 1, 1, 1, 1), diagnostics):
        return None
    heads = document.entries[OUTPUTS][1] if OUTPUTS in document.entries else None
    key, layers = document.entries["layers"]
    return Network(
        name=_text(document, "name", diagnostics) or stem(path),
        about=_text(document, "about", diagnostics),
        source=_text(document, "source", diagnostics),
        inputs=_inputs(document.entries["input"][1], shapes, diagnostics),
        args=_arguments(document.args, overrides, diagnostics),
        blocks=blocks,
        items=items(layers, "`layers`", grammar),
        outputs=_outputs(heads, grammar) if heads else (),
        strict_fit=_choice(document, "fit", FITS, diagnostics) == "strict",
        init=_choice(document, "init", INITS, diagnostics),
        expect=expect,
        published=_published(document, diagnostics),
        recipe=recipe,
        span=key.span,
        head=_head(document, source),
        unused=partial(_unused, document, source),
    )


def check_library(source: Source, path: str, diagnostics: Diagnostics) -> None:
    """Report what is wrong with the blocks and defaults in `source`, as far as blocks tell that
    nothing calls yet."""
    with suppress(TooCostlyError):
        document = read_document(source, path, diagnostics, read_file)
        if document:
            _blocks(document, diagnostics)


def _blocks(document: Document, diagnostics: Diagnostics) -> tuple[Grammar, dict[str, Block]]:
    """What the layers are parsed against, and the blocks that are sound."""
    args = block_args(document.blocks, diagnostics)
    grammar = Grammar(diagnostics, args, defaults(document.defaults, args, diagnostics))
    known = [entry for name, entry in document.blocks.items() if name in args]
    blocks = {key.text: block(key, node, grammar) for key, node in known}
    return grammar, {name: found for name, found in blocks.items() if found}


def _head(document: Document, source: Source) -> Span:
    """The name in this very file, else the first key that says what the network is."""
    for key in ("name", "extends", "input", "layers"):
        if key in document.entries and document.entries[key][1].span.source is source:
            return document.entries[key][1 if key == "name" else 0].span
    return Span(source, 1, 1, 1, 1)


def _unused(document: Document, source: Source) -> tuple[Definition, ...]:
    """What the spec defines and never uses."""
    from cnncalc.language.written.unused import unused  # only advice asks for it

    return unused(document, source)


def _published(document: Document, diagnostics: Diagnostics) -> Published | None:
    """How well it does, where the spec says what was printed."""
    if "published" not in document.entries:
        return None
    from cnncalc.language.written.publication import read_published  # few specs have it

    return read_published(document.entries["published"][1], diagnostics)


def _expectations(document: Document, diagnostics: Diagnostics) -> tuple[Expectation, ...]:
    """What must hold, where the spec says so."""
    if "expect" not in document.entries:
        return ()
    return check_form(document.entries["expect"][1], diagnostics)


def _outputs(node: tree.Node, grammar: Grammar) -> tuple[Output, ...]:
    """Its further heads."""
    from cnncalc.language.written.outputs import outputs  # few networks have any

    return outputs(node, grammar, items)


def _recipe(document: Document, diagnostics: Diagnostics) -> Recipe | None:
    """How to train, where the spec says so."""
    if "train" not in document.entries:
        return None
    from cnncalc.language.recipe.training import recipe_of

    return recipe_of(document.entries["train"][1], diagnostics)


def _has_network(document: Document, start: Span, diagnostics: Diagnostics) -> bool:
    """Whether there is an input and a list of layers; what is missing is reported."""
    examples = {"input": "`input: 3x224x224`", "layers": "`layers:`, then one `- ` per layer"}
    missing = [key for key in examples if key not in document.entries]
    for key in missing:
        diagnostics.error("CNN111", start, f"the spec has no `{key}`", examples[key])
    layers = document.entries.get("layers")
    if layers and isinstance(layers[1], tree.Sequence) and not layers[1].items:
        diagnostics.error("CNN111", layers[1].span, "`layers` is empty", examples["layers"])
        return False
    return not missing


def _text(document: Document, key: str, diagnostics: Diagnostics) -> str:
    if key not in document.entries:
        return ""
    node = document.entries[key][1]
    if isinstance(node, Scalar):
        return node.text.strip()
    message = f"`{key}` wants a text, got {described(node)}"
    diagnostics.error("CNN204", node.span, message, f'`{key}: "..."`')
    return ""


def _choice(
    document: Document, key: str, choices: tuple[str, ...], diagnostics: Diagnostics
) -> str:
    """One of some words, the first unless the spec says otherwise."""
    if key not in document.entries:
        return choices[0]
    node = document.entries[key][1]
    if isinstance(node, Scalar) and node.text in choices:
        return node.text
    wanted = " or ".join(f"`{choice}`" for choice in choices)
    message = f"`{key}` wants {wanted}, got {described(node)}"
    diagnostics.error("CNN206", node.span, message, f"`{key}: {choices[-1]}`")
    return choices[0]


def _inputs(
    node: tree.Node, shapes: Mapping[str, Source], diagnostics: Diagnostics
) -> dict[str, tree.Node]:
    """One unnamed input, or several by name, those given from outside in place of the spec's own.
    A shape without a name is that of the only input."""
    found = _written_inputs(node, diagnostics)
    for name, source in shapes.items():
        key = _input_called(name, found)
        if key is None:
            _no_such_input(name, found, Span(source, 1, 1, 1, 1), diagnostics)
        elif value := _given(source, diagnostics):
            found[key] = value
    return found


def _written_inputs(node: tree.Node, diagnostics: Diagnostics) -> dict[str, tree.Node]:
    """The inputs as the spec has them."""
    if not isinstance(node, tree.Mapping):
        return {"": node}
    if not node.entries:
        diagnostics.error("CNN210", node.span, "`input` names no input", "`input: 3x224x224`")
    return {name: value for name, (_, value) in names(node, "input", diagnostics).items()}


def _input_called(name: str, inputs: Mapping[str, tree.Node]) -> str | None:
    """The key of an input: one without a name is called `input`."""
    if not name:
        return next(iter(inputs)) if len(inputs) == 1 else None
    if name == UNNAMED and "" in inputs:
        return ""
    return name if name in inputs else None


def _no_such_input(
    name: str, inputs: Mapping[str, tree.Node], at: Span, diagnostics: Diagnostics
) -> None:
    """Say which inputs there are; a spec that has none is wrong already."""
    known = [each or UNNAMED for each in inputs]
    if not name and known:
        message = f"the spec has {len(known)} inputs, got one shape"
        diagnostics.error("CNN514", at, message, f"a shape by its name: {listed(known)}")
    elif known:
        hint = diagnostics.did_you_mean(name, known) or f"it has {listed(known)}"
        diagnostics.error("CNN514", at, f"the spec has no input `{name}`", hint)


def _given(source: Source, diagnostics: Diagnostics) -> tree.Node | None:
    """A value from outside; None, reported, where it is no YAML."""
    before = len(diagnostics)
    value = tree.read(source, diagnostics)
    if value is None and len(diagnostics) == before:
        return Scalar("", Span(source, 1, 1, 1, 1))
    return value


def _arguments(
    args: Mapping[str, Entry], overrides: Mapping[str, Source], diagnostics: Diagnostics
) -> Fields:
    """The network's arguments, those given from outside in place of the spec's own."""
    found = {name: value for name, (_, value) in args.items()}
    for name, source in overrides.items():
        start = Span(source, 1, 1, 1, 1)
        if name not in found:
            known = f"it has {listed(found, '')}" if found else "it has no `args`"
            hint = diagnostics.did_you_mean(name, found) or known
            diagnostics.error("CNN512", start, f"the spec has no argument `{name}`", hint)
            continue
        if value := _given(source, diagnostics):
            found[name] = value
    return found
