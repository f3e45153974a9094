"""What is different between two networks, layer by layer.

An edit is what was written otherwise: a layer that was added or removed, or whose fields, place or
inputs are others. A layer whose fields are the same, but not its numbers, follows from the edits
before it. Layers that were edited in the same place of the spec in the same fields, as those of a
block that runs sixteen times, are one change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from cnncalc.analysis.counterparts import Matchable, Matches, matches
from cnncalc.analysis.summary import Row, Summary
from cnncalc.diagnostics import Span
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple

Sort = Literal["edited", "added", "removed", "part"]

MOST_ORIGINS = 8
"""Layers that a new layer is followed back to; one that stems from more is not told apart."""

MOSTLY = 0.5
"""The share of their layers from which on two specs are taken for versions of one."""


class Contrast(NamedTuple):
    """A field or a number with its two values: `kernel`, 3, 5.

    Beside the layer's own fields there are `kind`, `name`, `freeze`; `reads` and `shares`, with
    paths; `repeat` of a group; and the numbers `output` (a shape), `receptive_field` (a Receptive),
    `params`, `buffers`, `macs` and `flops`.
    """

    name: str
    before: object
    after: object


class Count(NamedTuple):
    """Numbers of layers: how many, and their sums. flops: None where some are not known."""

    layers: int = 0
    params: int = 0
    macs: int = 0
    flops: int | None = 0


NOTHING = Count()


class Change(NamedTuple):
    """One edit, in as many places as it shows.

    sort: whether layers were edited, added or removed, or a part was renamed or repeats otherwise
    kind: of the layer, or of the group that was added or removed as a whole
    before, after: the paths in both networks; none where it was added or removed
    fields: what was written otherwise, each pair of values once; numbers: what else it changes
    span: where it is written: in the later network, or in the earlier one if it was removed; None
        for a group
    """

    sort: Sort
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    fields: tuple[Contrast, ...]
    numbers: tuple[Contrast, ...]
    counts: tuple[Count, Count]
    span: Span | None

    @property
    def places(self) -> int:
        """How many layers or groups it shows in."""
        return max(len(self.before), len(self.after))


class Consequence(NamedTuple):
    """The layers whose fields are the same and whose numbers are not.

    reshaped: how many of them read or make another shape; refocused: how many of the others see
        another receptive field
    pairs: the layers, in both networks
    """

    layers: int
    reshaped: int
    refocused: int
    counts: tuple[Count, Count]
    pairs: tuple[tuple[Row, Row], ...]


class Difference(NamedTuple):
    """What is different between two networks.

    changes: in the order of the layers
    same: how many layers have the same fields and numbers
    pairs: the layers that both have
    """

    before: Summary
    after: Summary
    changes: tuple[Change, ...]
    consequence: Consequence
    same: int
    pairs: tuple[tuple[Row, Row], ...]

    def layers(self, sort: Sort) -> int:
        """How many layers were edited, added or removed."""
        return sum(max(count.layers for count in c.counts) for c in self.changes if c.sort == sort)

    @property
    def kept(self) -> float:
        """The share of the larger network's layers that the other has too, fields and all."""
        larger = max(self.before.totals.layers, self.after.totals.layers, 1)
        return (self.same + self.consequence.layers) / larger


def layer_by_layer(
    summaries: tuple[Summary, ...], layers: bool | None = None
) -> tuple[Difference, ...]:
    """Each with the first; unasked, two that share most of their layers."""
    if layers is False or (layers is None and len(summaries) > 2):
        return ()
    first, *others = summaries
    found = tuple(difference(first, other) for other in others)
    return found if layers or found[0].kept >= MOSTLY else ()


def difference(before: Summary, after: Summary) -> Difference:
    """Compare two networks layer by layer."""
    found = matches(before, after)
    found.layers.sort(key=lambda pair: pair[1].first)
    rows = [(before.rows[one.first], after.rows[other.first]) for one, other in found.layers]
    wiring = _Wiring(before.graph, after.graph, rows)
    edits: list[_Edit] = []
    follows: list[tuple[Row, Row]] = []
    for (one, other), pair in zip(found.layers, rows, strict=True):
        fields = (*_names(one, other), *_fields(*pair), *wiring.contrasts(*pair))
        if fields:
            edits.append(_Edit(other.first, *pair, fields))
        elif _numbers(pair[0]) != _numbers(pair[1]):
            follows.append(pair)
    placed = [*_edited(edits), *_regrouped(found), *_added(found, after), *_removed(found, before)]
    changes = tuple(change for _, change in sorted(placed, key=lambda pair: pair[0]))
    same = len(rows) - len(edits) - len(follows)
    return Difference(before, after, changes, _consequence(follows), same, tuple(rows))


Placed = tuple[float, Change]
"""A change, and where among the later network's layers it shows first."""


# -- layers that both have ------------------------------------------------------------------


class _Edit(NamedTuple):
    """A layer that was edited; `position` among the later network's layers."""

    position: int
    before: Row
    after: Row
    fields: tuple[Contrast, ...]


def _names(one: Matchable, other: Matchable) -> Iterator[Contrast]:
    """A name that was given, and is another; automatic ones move as layers come and go."""
    given = one.given and other.given if one.stem == other.stem else one.given or other.given
    if given and one.name != other.name:
        yield Contrast("name", one.name, other.name)


def _fields(before: Row, after: Row) -> Iterator[Contrast]:
    """What was written otherwise of the layer itself."""
    one, other = before.node, after.node
    if one.kind != other.kind:
        yield Contrast("kind", one.kind, other.kind)
    if one.layer is not other.layer and one.layer and other.layer:
        theirs, ours = one.layer.values(), other.layer.values()
        both = (name for name in theirs if name in ours)
        yield from (Contrast(n, theirs[n], ours[n]) for n in both if theirs[n] != ours[n])
    if one.frozen != other.frozen:
        yield Contrast("freeze", one.frozen, other.frozen)


def _numbers(row: Row) -> tuple[object, ...]:
    return row.node.shapes, row.node.shape, row.params, row.ops, row.receptive


def _contrasts(before: Row, after: Row) -> Iterator[Contrast]:
    """The numbers of a layer that differ."""
    pairs = {
        "output": (before.node.shape, after.node.shape),
        "receptive_field": (before.receptive, after.receptive),
        "params": (before.params.total, after.params.total),
        "buffers": (before.params.buffers, after.params.buffers),
        "macs": (before.ops.macs, after.ops.macs),
        "flops": (_flops(before), _flops(after)),
    }
    yield from (Contrast(name, *pair) for name, pair in pairs.items() if pair[0] != pair[1])


def _edited(edits: Iterable[_Edit]) -> Iterator[Placed]:
    """The changes that layers were edited by."""
    for alike in _written_once(edits):
        first = alike[0]
        change = Change(
            "edited",
            first.after.node.kind,
            tuple(edit.before.node.path for edit in alike),
            tuple(edit.after.node.path for edit in alike),
            _distinct(edit.fields for edit in alike),
            _distinct(_contrasts(edit.before, edit.after) for edit in alike),
            (_count(edit.before for edit in alike), _count(edit.after for edit in alike)),
            first.after.node.span,
        )
        yield first.position, change


def _written_once(edits: Iterable[_Edit]) -> Iterator[list[_Edit]]:
    """Edits of the same fields, written in the same place. Where the values differ, that place
    tells one call of a block from another."""
    together: dict[object, list[_Edit]] = {}
    for edit in edits:
        spans = _place(edit.before.node.span), _place(edit.after.node.span)
        names = tuple(field.name for field in edit.fields)
        together.setdefault((*spans, edit.after.node.kind, names), []).append(edit)
    for alike in together.values():
        if all(edit.fields == alike[0].fields for edit in alike):
            yield alike
            continue
        by_call: dict[object, list[_Edit]] = {}
        for edit in alike:
            calls = edit.after.node.calls
            by_call.setdefault(calls[-1].span if calls else None, []).append(edit)
        yield from by_call.values()


def _distinct(contrasts: Iterable[Iterable[Contrast]]) -> tuple[Contrast, ...]:
    """Each contrast once, those of one name together."""
    found = dict.fromkeys(contrast for some in contrasts for contrast in some)
    order = {name: number for number, name in enumerate(dict.fromkeys(c.name for c in found))}
    return tuple(sorted(found, key=lambda contrast: order[contrast.name]))


def _place(span: Span) -> tuple[str, int, int]:
    return span.source.name, span.line, span.column


def _count(rows: Iterable[Row]) -> Count:
    return added_up(
        [Count(row.layers, row.params.total, row.ops.macs, _flops(row)) for row in rows]
    )


def _flops(row: Row) -> int | None:
    return None if row.stated else row.ops.flops


def added_up(counts: Sequence[Count]) -> Count:
    """Several together."""
    flops = [count.flops for count in counts if count.flops is not None]
    return Count(
        sum(count.layers for count in counts),
        sum(count.params for count in counts),
        sum(count.macs for count in counts),
        sum(flops) if len(flops) == len(counts) else None,
    )


def _consequence(follows: Sequence[tuple[Row, Row]]) -> Consequence:
    reshaped = [
        one.node.shape != other.node.shape or one.node.shapes != other.node.shapes
        for one, other in follows
    ]
    refocused = [
        one.receptive != other.receptive and not shape
        for (one, other), shape in zip(follows, reshaped, strict=True)
    ]
    counts = _count(one for one, _ in follows), _count(other for _, other in follows)
    return Consequence(len(follows), sum(reshaped), sum(refocused), counts, tuple(follows))


# -- parts ----------------------------------------------------------------------------------


def _regrouped(found: Matches) -> Iterator[Placed]:
    """Groups that have another name, or run another number of times."""
    together: dict[tuple[str, tuple[Contrast, ...]], list[tuple[Matchable, Matchable]]] = {}
    for one, other in found.groups:
        fields = (*_names(one, other), *_repeats(one, other))
        if fields:
            together.setdefault((other.kind, fields), []).append((one, other))
    for (kind, contrasts), alike in together.items():
        before, after = zip(*alike, strict=True)
        yield (
            after[0].first - 0.25,  # before what is in it
            Change(
                "part",
                kind,
                tuple(part.path for part in before),
                tuple(part.path for part in after),
                contrasts,
                (),
                (NOTHING, NOTHING),
                None,
            ),
        )


def _repeats(one: Matchable, other: Matchable) -> Iterator[Contrast]:
    if one.repeat != other.repeat:
        yield Contrast("repeat", one.repeat, other.repeat)


def _added(found: Matches, after: Summary) -> Iterator[Placed]:
    for parts in _alike(found.added, after):
        change = _whole("added", parts, after)
        paths = tuple(part.path for part in parts)
        yield parts[0].first, change._replace(after=paths)


def _removed(found: Matches, before: Summary) -> Iterator[Placed]:
    """Where they were: behind the last layer before them that is still there."""
    kept = sorted((one.first, other.first) for one, other in found.layers)
    for parts in _alike(found.removed, before):
        behind = bisect_left(kept, (parts[0].first, 0))
        change = _whole("removed", parts, before)
        change = _turned(change)
        yield (kept[behind - 1][1] if behind else -1) + 0.5, change


def _turned(change: Change) -> Change:
    """What was added, as removed."""
    return change._replace(
        before=change.after,
        after=change.before,
        fields=tuple(Contrast(name, new, old) for name, old, new in change.fields),
        numbers=tuple(Contrast(name, new, old) for name, old, new in change.numbers),
        counts=(change.counts[1], change.counts[0]),
    )


def _alike(parts: Iterable[Matchable], summary: Summary) -> Iterable[list[Matchable]]:
    """Parts that hold the same, written in the same place."""
    together: dict[object, list[Matchable]] = {}
    for part in parts:
        span = summary.rows[part.first].node.span
        together.setdefault((part.kind, part.content, _place(span)), []).append(part)
    return together.values()


def _whole(sort: Sort, parts: list[Matchable], summary: Summary) -> Change:
    """Parts that one network has and the other has not, as if they were new; of a layer, the
    fields that are not as they are by default."""
    rows = [row for part in parts for row in summary.rows[part.first : part.last]]
    span = None if parts[0].parts else rows[0].node.span
    paths = tuple(part.path for part in parts)
    layer = None if parts[0].parts else rows[0].node.layer
    given = layer.values().items() if layer else ()
    fields = [
        Contrast(name, None, value)
        for name, value in given
        if layer and value != layer.fields[name].default
    ]
    shapes = (summary.rows[part.last - 1].node.shape for part in parts)
    outputs = _distinct([Contrast("output", None, shape)] for shape in shapes)
    counts = NOTHING, _count(rows)
    return Change(sort, parts[0].kind, (), paths, tuple(fields), outputs, counts, span)


# -- wiring ---------------------------------------------------------------------------------


Origins = frozenset[int] | None
"""The layers that both networks have and that a node stems from, by number; None: too many."""


class _Wiring:
    """What the layers of both networks read, told in terms of the nodes that both have."""

    def __init__(self, before: Graph, after: Graph, pairs: Sequence[tuple[Row, Row]]) -> None:
        both = [(one.node, other.node) for one, other in pairs]
        entered = before.inputs.keys() & after.inputs.keys()
        both += [(before.inputs[name], after.inputs[name]) for name in entered]
        self.before = {one: number for number, (one, _) in enumerate(both)}
        self.after = {other: number for number, (_, other) in enumerate(both)}
        self.old, self.new = _origins(before, self.before), _origins(after, self.after)

    def contrasts(self, before: Row, after: Row) -> Iterator[Contrast]:
        """What a layer reads, and whose weights it uses, where that was written otherwise."""
        one, other = before.node, after.node
        if self.reads_otherwise(one, other):
            yield Contrast("reads", _paths(one.inputs), _paths(other.inputs))
        if one.shares is None and other.shares is None:
            return
        if not (one.shares and other.shares and self.same(one.shares, other.shares)):
            paths = [node.shares.path if node.shares else None for node in (one, other)]
            yield Contrast("shares", *paths)

    def reads_otherwise(self, one: Node, other: Node) -> bool:
        """Whether a layer reads others, and not just what was put in or taken out between."""
        if len(one.inputs) == len(other.inputs):
            return not all(map(self.same, one.inputs, other.inputs))
        known = [node in self.before for node in one.inputs]
        known += [node in self.after for node in other.inputs]
        return all(known)

    def same(self, one: Node, other: Node) -> bool:
        """Whether two nodes are matched, or may be what stands where the other stood."""
        here, there = self.before.get(one), self.after.get(other)
        if here is not None and there is not None:
            return here == there
        stems = self.new[other] if there is None else self.old[one]
        known = here if there is None else there
        return known is None or stems is None or known in stems


def _origins(graph: Graph, numbers: Mapping[Node, int]) -> dict[Node, Origins]:
    """Each node's own number, or the numbers of those it stems from."""
    found: dict[Node, Origins] = {}
    for node in graph.nodes:
        if node in numbers:
            found[node] = frozenset((numbers[node],))
        else:
            found[node] = _union([found[source] for source in node.inputs])
    return found


def _union(origins: Iterable[Origins]) -> Origins:
    union: frozenset[int] = frozenset()
    for some in origins:
        if some is None or len(union | some) > MOST_ORIGINS:
            return None
        union |= some
    return union


def _paths(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(node.path for node in nodes)
