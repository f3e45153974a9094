"""A spec's text -> the text of the transformed network, checked against the network it must be."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.language.text.tree import Scalar
from cnncalc.language.writing.edited_text import Edit, Text, UnwritableError
from cnncalc.language.writing.node_text import quoted
from cnncalc.language.writing.one_file import elsewhere, in_one_file, with_arguments, with_inputs
from cnncalc.network.graph import Graph, Node
from cnncalc.path_texts import plain
from cnncalc.records import NamedTuple
from cnncalc.transform.change import JointChange, Left, Reason, Transformation
from cnncalc.transform.expected import Update, updated
from cnncalc.transform.match import Counterpart, Intention, matched, same

STANDARD_INPUT = "-"
"""The name of a network without one that was piped in."""

MOST_TRIED = 2**22
"""Characters that are read again to find which changes go together."""

REFUSED = Reason("the layers around it depend on how it is written")


class Transformed(NamedTuple):
    """A network and what a transformation made of it.

    text: the new spec
    old, new: the networks; matches: which layers stand for which
    done: the layers of the old network that it was about
    left: those that stayed, and why
    elsewhere: the files that the old spec took something from
    expect: what the new spec expects differently
    """

    text: str
    old: Graph
    new: Graph
    matches: tuple[Counterpart, ...]
    done: tuple[Node, ...]
    left: tuple[Left, ...]
    elsewhere: tuple[str, ...]
    expect: tuple[Update, ...]


class Nothing(NamedTuple):
    """A transformation found nothing that it could change."""

    old: Graph
    left: tuple[Left, ...]


def transform(
    transformation: Transformation,
    source: Source,
    path: str | os.PathLike[str],
    diagnostics: Diagnostics,
    overrides: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Transformed | Nothing | None:
    """The network in `source`, which was read from `path`, transformed; None, with the reasons in
    `diagnostics`, where it has errors. `overrides` become the values of its arguments, `inputs` the
    shapes of its inputs."""
    path = plain(os.fspath(path))
    given = read_source(source, path, diagnostics, overrides, inputs=inputs)
    if given is None:
        return None
    alone = with_arguments(in_one_file(source, path), source.name, overrides or {})
    alone = with_inputs(alone, source.name, inputs or {})
    text, old = Text(Source(source.name, alone)), _graph(alone, path)
    assert old
    originals = matched(given, old, Intention((), (), same)) or ()
    assert originals or not given.layers
    places = {match.new: match.old for match in originals}
    found = transformation.find(old)
    changes, refused = _possible(transformation, text, old, path, found.changes)
    left = _original((*found.left, *refused), places)
    if not changes:
        return Nothing(given, left)
    edited = text.edited(transformation.write(text, changes))
    new, matches = _attempt(edited, old, path, transformation.difference(changes)) or (None, ())
    assert new
    written = read_source(source, path, Diagnostics()) if overrides or inputs else given
    spec = Text(Source(source.name, edited))
    edits, expect = updated(spec, written or given, old, new, matches)
    final = spec.edited([*edits, *_named(spec, old.name, transformation)])
    done = tuple(places[node] for change in changes for node in change.done)
    named = _attempt(final, old, path, transformation.difference(changes))
    assert named
    becomes = {node: other for change in changes for node, other in change.becomes.items()}
    return Transformed(
        final,
        given,
        named[0],
        tuple(_with_norm(match, becomes.get(match.old), places) for match in named[1]),
        done,
        left,
        elsewhere(source),
        expect,
    )


def _with_norm(match: Counterpart, other: object, places: Mapping[Node, Node]) -> Counterpart:
    """The match, with the layer of the original network and the batch norm that it took over."""
    norm = places[other] if isinstance(other, Node) else None
    return Counterpart(places[match.old], match.new, norm)


def _original(left: Sequence[Left], places: Mapping[Node, Node]) -> tuple[Left, ...]:
    """What is left, where its author wrote it."""
    return tuple(
        Left(
            tuple(places[node] for node in one.nodes),
            Reason(one.reason.text, tuple(places.get(node, node) for node in one.reason.nodes)),
        )
        for one in left
    )


def _graph(text: str, path: str) -> Graph | None:
    return read_source(Source(path, text), path, Diagnostics())


def _attempt(
    text: str, old: Graph, path: str, difference: Intention
) -> tuple[Graph, tuple[Counterpart, ...]] | None:
    """The network of an edited text, where it is what it ought to be."""
    new = _graph(text, path)
    matches = matched(old, new, difference) if new else None
    return None if new is None or matches is None else (new, matches)


def _possible(
    transformation: Transformation,
    text: Text,
    old: Graph,
    path: str,
    changes: Sequence[JointChange],
) -> tuple[list[JointChange], list[Left]]:
    """The changes that the text can be given, and those that it cannot."""
    writable, refused = [], []
    for change in changes:
        try:
            transformation.write(text, [change])
            writable.append(change)
        except UnwritableError as error:
            refused.append(Left(change.done, Reason(str(error))))

    def works(chosen: list[JointChange]) -> bool:
        edited = text.edited(transformation.write(text, chosen))
        return _attempt(edited, old, path, transformation.difference(chosen)) is not None

    if not writable or works(writable):
        return writable, refused
    accepted: list[JointChange] = []
    tries = 1 + MOST_TRIED // len(text.text)
    for number, change in enumerate(writable):
        if number < tries and works([*accepted, change]):
            accepted.append(change)
        else:
            refused.append(Left(change.done, REFUSED))
    return accepted, refused


# -- what the spec says of itself -----------------------------------------------------------


def _named(spec: Text, name: str, transformation: Transformation) -> list[Edit]:
    entry = spec.entry("name")
    undone = transformation.undoes
    suffixed = name + transformation.suffix
    if undone and name.endswith(undone):
        suffixed = name.removesuffix(undone)
    if entry is None and name == STANDARD_INPUT:
        return []
    if entry is None:
        start = spec.start(spec.root)
        at = start + spec.flow(spec.root)
        gap = ", " if spec.flow(spec.root) else spec.newline
        return [Edit(at, at, f"name: {quoted(suffixed)}{gap}")]
    value = entry[1]
    start, end = spec.start(value), spec.end(value)
    if start == end:
        return [Edit(start, end, f" {quoted(suffixed, False)}")]
    plain = isinstance(value, Scalar) and value.plain and value.text == spec.text[start:end]
    return [Edit(start, end, suffixed if plain else quoted(suffixed, False))]
