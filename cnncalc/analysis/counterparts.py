"""Two networks put side by side: which layers of one are which of the other.

Both are read as trees of parts. Two lists of parts are matched by the names that were given, then
by what the parts hold, then by kind; of two parts that are matched, the lists within.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from cnncalc.analysis.alignment import Pairs, aligned
from cnncalc.analysis.summary import Summary
from cnncalc.later_patterns import pattern
from cnncalc.layers import LAYERS
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple

_NUMBERED = pattern(r"(.+)_\d+")


class Matchable(NamedTuple):
    """A layer, or a group of parts, in the tree of a network.

    name: the last segment of its path; stem: that without the number that tells it from others
    given: whether the name was given, not taken from the kind or counted
    repeat: how often a group runs
    first, last: its layers among the network's, the last exclusive
    content: what it holds, kinds and fields, as a number: equal where the contents are
    telling: of a layer, whether its fields tell it from others of its kind
    parts: of a group
    """

    path: str
    name: str
    stem: str
    given: bool
    kind: str
    repeat: int
    first: int
    last: int
    content: int
    telling: bool = False
    parts: tuple[Matchable, ...] = ()

    @property
    def layers(self) -> int:
        """How many layers it has."""
        return self.last - self.first


class Matches(NamedTuple):
    """What is which in two networks.

    layers, groups: those of one and those of the other
    removed, added: what only the one or the other has
    """

    layers: list[tuple[Matchable, Matchable]]
    groups: list[tuple[Matchable, Matchable]]
    removed: list[Matchable]
    added: list[Matchable]


def matches(before: Summary, after: Summary) -> Matches:
    """Match the layers of two networks."""
    contents: dict[object, int] = {}
    found = Matches([], [], [], [])
    _match(_tree(before, contents), _tree(after, contents), found)
    return found


# -- the tree -------------------------------------------------------------------------------


def _tree(summary: Summary, contents: dict[object, int]) -> tuple[Matchable, ...]:
    """A network's parts; equal contents have the same number in `contents`."""
    segments = [row.node.path.split(".") for row in summary.rows]
    return _parts(summary, segments, contents, (0, len(segments)), 0)


def _parts(
    summary: Summary,
    segments: list[list[str]],
    contents: dict[object, int],
    layers: tuple[int, int],
    level: int,
) -> tuple[Matchable, ...]:
    """The parts of a list at `level`, which holds the layers from `layers[0]` to `layers[1]`."""
    number, end = layers
    ends = []
    while number < end:
        ends.append((number, _end(summary, segments, number, level)))
        number = ends[-1][1]
    names = [segments[first][level] for first, _ in ends]
    numbered = {match[1] for name in names if (match := _NUMBERED.fullmatch(name))}
    counted = numbered.intersection(names)
    found = []
    for name, (first, last) in zip(names, ends, strict=True):
        if len(segments[first]) == level + 1:
            found.append(_leaf(summary.rows[first].node, name, first, counted, contents))
            continue
        inner = _parts(summary, segments, contents, (first, last), level + 1)
        path = ".".join(segments[first][: level + 1])
        found.append(_group(summary, path, name, inner, counted, contents))
    return tuple(found)


def _end(summary: Summary, segments: list[list[str]], number: int, level: int) -> int:
    """Where the part ends that begins with layer `number`."""
    if len(segments[number]) == level + 1:
        return number + 1
    group = summary.graph.groups[".".join(segments[number][: level + 1])]
    return group.last


def _leaf(
    node: Node, name: str, first: int, counted: set[str], contents: dict[object, int]
) -> Matchable:
    stem, given = _naming(name, node.kind, counted)
    key = (node.layer, node.frozen, node.shares is None)
    content = contents.setdefault(key, len(contents))
    telling = any(field.required for field in node.layer.fields.values()) if node.layer else False
    return Matchable(node.path, name, stem, given, node.kind, 1, first, first + 1, content, telling)


def _group(
    summary: Summary,
    path: str,
    name: str,
    parts: tuple[Matchable, ...],
    counted: set[str],
    contents: dict[object, int],
) -> Matchable:
    group = summary.graph.groups[path]
    stem, given = _naming(name, group.kind, counted)
    content = contents.setdefault(tuple(part.content for part in parts), len(contents))
    size = (group.repeat, group.first, group.last)
    return Matchable(path, name, stem, given, group.kind, *size, content, parts=parts)


def _naming(name: str, kind: str, counted: set[str]) -> tuple[str, bool]:
    """A name without the number at its end, and whether it was given: automatic names are a kind,
    a count, or one of several alike, `conv`, `conv_2`, ..."""
    match = _NUMBERED.fullmatch(name)
    stem = match[1] if match else name
    automatic = stem in LAYERS or stem in (kind, "layers") or name.isdecimal() or stem in counted
    return stem, not automatic


# -- matching -------------------------------------------------------------------------------

Key = Callable[[Matchable], object]
Lists = tuple[Sequence[Matchable], Sequence[Matchable]]


def _by_content_and_name(part: Matchable) -> object:
    return part.content, part.stem


def _by_content(part: Matchable) -> object:
    return part.content


def _by_kind_and_name(part: Matchable) -> object:
    return part.kind, part.stem


def _by_kind(part: Matchable) -> object:
    """What has a name of its own is not taken for something else of its kind."""
    return part.path if part.given else part.kind


def _by_family(part: Matchable) -> object:
    """One activation may stand for another, one pooling or norm for another."""
    family = LAYERS[part.kind].__module__ if part.kind in LAYERS and not part.parts else part.path
    return part.path if part.given else family


def _match(before: Sequence[Matchable], after: Sequence[Matchable], found: Matches) -> None:
    """Match two lists of parts."""
    if [(p.name, p.content) for p in before] == [(p.name, p.content) for p in after]:
        for pair in zip(before, after, strict=True):
            _pair(*pair, found)
        return
    gaps = [_opened(gap) for gap in _by_name(before, after, found)]
    for key in (_by_content_and_name, _by_content, _by_kind_and_name, _by_kind, _by_family):
        gaps = [rest for gap in gaps for rest in _aligned(gap, key, found)]
    for gap in gaps:
        _rest(*gap, found)


def _by_name(
    before: Sequence[Matchable], after: Sequence[Matchable], found: Matches
) -> list[Lists]:
    """Match the names given in both lists, wherever they stand; the lists between them."""
    there = {part.name: part for part in after if part.given}
    named = [part for part in before if part.given and part.name in there]
    for part in named:
        _pair(part, there[part.name], found)
    numbers = {part.name: number for number, part in enumerate(named)}
    order = [numbers[part.name] for part in after if part.given and part.name in numbers]
    cuts = {named[i].name for i, _ in aligned(range(len(named)), order)}
    one, other = (_cut(parts, numbers.keys(), cuts) for parts in (before, after))
    return [gap for lists in zip(one, other, strict=True) for gap in _gap(*lists, found)]


def _opened(lists: Lists) -> Lists:
    """Two lists, with the parts of a group in its place where the other list has no such group,
    but what is in it: layers may have been put into a block, or taken out of one."""
    before, after = lists
    return _opened_for(before, after), _opened_for(after, before)


def _opened_for(parts: Sequence[Matchable], other: Sequence[Matchable]) -> Sequence[Matchable]:
    kinds = {part.kind for part in other if part.parts}
    if all(not part.parts or part.kind in kinds for part in parts):
        return parts
    known = {leaf.content for leaf in _leaves(other)}
    found: list[Matchable] = []
    for part in parts:
        told = [leaf.content in known for leaf in _leaves(part.parts) if leaf.telling]
        if part.kind not in kinds and 2 * sum(told) > len(told):
            found += _opened_for(part.parts, other)
        else:
            found.append(part)
    return found


def _cut(
    parts: Sequence[Matchable], names: Collection[str], cuts: set[str]
) -> list[list[Matchable]]:
    """The lists between the parts called as one of `cuts`, without any of `names`."""
    lists: list[list[Matchable]] = [[]]
    for part in parts:
        if not part.given or part.name not in names:
            lists[-1].append(part)
        elif part.name in cuts:
            lists.append([])
    return lists


def _aligned(lists: Lists, key: Key, found: Matches) -> list[Lists]:
    """Match what is equal by `key`, in the order of both lists; the lists between the matches."""
    before, after = lists
    pairs = _equal(before, after, key)
    for i, j in pairs:
        _pair(before[i], after[j], found)
    starts = [(0, 0), *((i + 1, j + 1) for i, j in pairs)]
    ends = [*pairs, (len(before), len(after))]
    gaps: list[Lists] = []
    for (first, start), (last, stop) in zip(starts, ends, strict=True):
        gaps += _gap(before[first:last], after[start:stop], found)
    return gaps


def _equal(before: Sequence[Matchable], after: Sequence[Matchable], key: Key) -> Pairs:
    codes: dict[object, int] = {}
    one = [codes.setdefault(key(part), len(codes)) for part in before]
    other = [codes.setdefault(key(part), len(codes)) for part in after]
    return aligned(one, other)


def _gap(before: Sequence[Matchable], after: Sequence[Matchable], found: Matches) -> list[Lists]:
    """Two lists that are still to be matched; where one is empty, the other is done with."""
    if before and after:
        return [(before, after)]
    found.removed.extend(before)
    found.added.extend(after)
    return []


def _rest(before: Sequence[Matchable], after: Sequence[Matchable], found: Matches) -> None:
    """What no key matches: one for one it was replaced, else it is another."""
    if len(before) == len(after) and all(map(_replaces, before, after)):
        for pair in zip(before, after, strict=True):
            _pair(*pair, found)
        return
    found.removed.extend(before)
    found.added.extend(after)


def _replaces(one: Matchable, other: Matchable) -> bool:
    """Whether a part may stand for another that no key matches it with."""
    return one.kind == other.kind or not (one.given and other.given)


def _leaves(parts: Iterable[Matchable]) -> Iterator[Matchable]:
    """The layers of all parts."""
    for part in parts:
        if part.parts:
            yield from _leaves(part.parts)
        else:
            yield part


def _pair(one: Matchable, other: Matchable, found: Matches) -> None:
    """Match two parts, and what is in them; a layer may have become a group, or a group a layer."""
    if not one.parts and not other.parts:
        found.layers.append((one, other))
        return
    if one.parts and other.parts:
        found.groups.append((one, other))
    _match(one.parts or (one,), other.parts or (other,), found)
