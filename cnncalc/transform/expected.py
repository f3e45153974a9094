"""What a spec expects, brought up to date where the transformation changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cnncalc.analysis import analyze
from cnncalc.analysis.named_numbers import Value
from cnncalc.checking.expectations import ByPath, used, value
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Scalar
from cnncalc.language.writing.edited_text import Edit, Text
from cnncalc.later_patterns import pattern
from cnncalc.layers.base import times
from cnncalc.network.expectation import Expectation
from cnncalc.network.figures import written_as
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple
from cnncalc.transform.match import Counterpart

_CLOSING = pattern(r"[ \t]*[]}]+")


class Update(NamedTuple):
    """An expectation that changed. after: as it is written now; None where it is gone: why."""

    metric: str
    layer: str
    before: str
    after: str | None
    why: str = ""


class _Renamed(NamedTuple):
    """What became of the parts of a network: their paths, and their numbers before and after."""

    before: ByPath
    after: ByPath
    paths: Mapping[str, str]


def updated(
    text: Text, written: Graph, old: Graph, new: Graph, matches: Iterable[Counterpart]
) -> tuple[list[Edit], tuple[Update, ...]]:
    """The edits that keep `expect` true, and what they change. written: the old network as its
    spec has it; `old`: the same with other arguments, if there are any"""
    section = text.entry("expect")
    if section is None or not isinstance(section[1], tree.Mapping):
        return [], ()
    parts = _Renamed(ByPath(analyze(written)), ByPath(analyze(new)), _paths(old, new, matches))
    updates = {(u.metric, u.layer): u for told in old.expect if (u := _update(told, parts))}
    edits, gone = _written(text, section[1], updates, parts.paths)
    if gone:
        edits = text.without_entries(text.root, ["expect"])
    return edits, tuple(updates.values())


def _paths(old: Graph, new: Graph, matches: Iterable[Counterpart]) -> dict[str, str]:
    """Where each part of the old network stands in the new one."""
    images: dict[Node, Node] = {match.old: match.new for match in matches}
    found = {node.path: image.path for node, image in images.items()}
    places = {node: number for number, node in enumerate(new.layers)}
    groups = {(group.first, group.last): path for path, group in new.groups.items()}
    for path, group in old.groups.items():
        if path in new.groups:
            found[path] = path
            continue
        inside = [places[images[n]] for n in old.layers[group.first : group.last] if n in images]
        if inside and (inside[0], inside[-1] + 1) in groups:
            found[path] = groups[inside[0], inside[-1] + 1]
    return found


def _update(told: Expectation, parts: _Renamed) -> Update | None:
    """What has to be written in place of an expectation; None where it stays."""
    path = parts.paths.get(told.layer) if told.layer else ""
    before = _value(told, told.layer, parts.before)
    after = None if path is None else _value(told, path, parts.after)
    if path is not None and (before == after or (after and told.allows(after))):
        return None
    if after is None:
        why = "its layer is gone" if path is None else "it is not known any more"
        return Update(told.metric, told.layer, told.text, None, why)
    why = f"it is {after[0]:,}"
    return Update(told.metric, told.layer, told.text, _as_written(told, after), why)


def _value(told: Expectation, path: str, parts: ByPath) -> Value | None:
    """The number, or the sizes, that an expectation speaks of; None where it is not known."""
    part = parts.at(path) if path else None
    return None if path and part is None else value(told, part, parts.numbers)


def _as_written(told: Expectation, found: Value) -> str | None:
    """A value in the form of the one it replaces; a bound that is broken has none."""
    if told.shape:
        return times(found)
    if told.low is None or told.high is None or len(set(found)) > 1:
        return None
    return written_as(told.text, found[0]) + used(told)


# -- text -----------------------------------------------------------------------------------


def _written(
    text: Text,
    section: tree.Mapping,
    updates: Mapping[tuple[str, str], Update],
    paths: Mapping[str, str],
) -> tuple[list[Edit], bool]:
    """The edits of the section; whether nothing is left in it."""
    edits: list[Edit] = []
    doomed: set[str] = set()
    for key, told in section.entries:
        if key.text == "layers" and isinstance(told, tree.Mapping):
            inner, gone = _of_layers(text, told, updates, paths)
            edits += [] if gone else inner
            doomed |= {key.text} if gone else set()
        else:
            edits += _changed(text, told, updates.get((key.text, "")))
            doomed |= _gone(key, updates.get((key.text, "")))
    if len(doomed) == len(section.entries):
        return [], True
    return [*edits, *text.without_entries(section, doomed)], False


def _of_layers(
    text: Text,
    layers: tree.Mapping,
    updates: Mapping[tuple[str, str], Update],
    paths: Mapping[str, str],
) -> tuple[list[Edit], bool]:
    edits: list[Edit] = []
    empty: set[str] = set()
    for path, metrics in layers.entries:
        assert isinstance(metrics, tree.Mapping)
        doomed: set[str] = set()
        inner: list[Edit] = []
        for key, told in metrics.entries:
            inner += _changed(text, told, updates.get((key.text, path.text)))
            doomed |= _gone(key, updates.get((key.text, path.text)))
        if len(doomed) == len(metrics.entries) and doomed:
            empty.add(path.text)
            continue
        edits += [*inner, *text.without_entries(metrics, doomed)]
        if path.text in paths and paths[path.text] != path.text:
            edits.append(Edit(text.start(path), text.end(path), paths[path.text]))
    if len(empty) == len(layers.entries):
        return [], True
    return [*edits, *text.without_entries(layers, empty)], False


def _gone(key: Scalar, update: Update | None) -> set[str]:
    return {key.text} if update and update.after is None else set()


def _changed(text: Text, told: tree.Node, update: Update | None) -> Iterator[Edit]:
    """Another figure; a comment behind it speaks of the old one, and goes."""
    if update is None or update.after is None:
        return
    end = text.end(told)
    yield Edit(text.start(told), end, update.after)
    closing = _CLOSING.match(text.text, end)
    behind = closing.end() if closing else end
    if text.comment_end(behind) > behind:
        yield Edit(behind, text.comment_end(behind))
