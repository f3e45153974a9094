"""Networks side by side: what every renderer of a comparison shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from cnncalc.analysis import Summary
from cnncalc.analysis.difference import Change, Contrast, Count, Difference, added_up
from cnncalc.analysis.named_numbers import NamedNumbers, Value
from cnncalc.analysis.receptive import Receptive
from cnncalc.display import as_document, as_text
from cnncalc.layers.fields import counted
from cnncalc.network.metrics import METRICS, Metric
from cnncalc.network.published import Published, percent
from cnncalc.numbers import exact, field_value, ratio, rounded, signed
from cnncalc.records import NamedTuple
from cnncalc.report.table import columns
from cnncalc.report.table.footnotes import meanings, stated_note
from cnncalc.report.table.table import entering, leaving

if TYPE_CHECKING:
    from cnncalc.analysis.conventions.count import Counted

SHOWN = (
    "layers",
    "weight_layers",
    "params",
    "trainable",
    "frozen",
    "buffers",
    "macs",
    "flops",
    "activations",
    "receptive_field",
    "stride",
)
"""The totals of a comparison when none are asked for."""

State = Literal["compared", "new", "gone"]

MOST = 40
"""Changes of the layers that are shown; of more, only the number is told."""

FEW = 2
"""Pairs of values of one field that are shown; of more, only the number is told."""


class Total(NamedTuple):
    """A quantity of every network: its text, then, for all but the first, how it differs from the
    first and what multiple of it it is."""

    name: str
    cells: tuple[str, ...]
    differences: tuple[str, ...]
    ratios: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the networks do not all have the same."""
        return any(text != "=" for text in self.ratios)


class Comparison(NamedTuple):
    """Networks, and what is different between the first and each other whose layers are compared.

    As text it is what `cnncalc compare` prints.

    heads: what tells the networks apart, a word each
    metrics: of which totals are shown, by their names
    counted: as another tool counts each of them, behind the MACs
    state: whether the spec is new since the revision it is compared with, or gone
    revision: that revision, of two versions of one spec
    """

    heads: tuple[str, ...]
    summaries: tuple[Summary, ...]
    differences: tuple[Difference, ...]
    state: State = "compared"
    revision: str | None = None
    metrics: tuple[str, ...] = SHOWN
    counted: tuple[Counted, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether two versions of one spec are the same network."""
        same = all(not difference.changes for difference in self.differences)
        return (
            self.state == "compared"
            and self.revision is not None
            and same
            and not any(total.differs for total in totals(self._replace(metrics=SHOWN)))
            and not any(difference.consequence.layers for difference in self.differences)
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of `cnncalc compare --format json`."""
        return as_document(self)

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(map(repr, self.heads))}>"


def side_by_side(summaries: tuple[Summary, ...], differences: tuple[Difference, ...]) -> Comparison:
    """Networks of specs of their own."""
    return Comparison(heads([one.graph.path for one in summaries]), summaries, differences)


def versions(revision: str, difference: Difference) -> Comparison:
    """Two versions of one spec."""
    both = difference.before, difference.after
    return Comparison((revision, "working tree"), both, (difference,), "compared", revision)


def alone(revision: str, summary: Summary, state: State) -> Comparison:
    """A spec that is there only now, or only at the revision."""
    head = revision if state == "gone" else "working tree"
    return Comparison((head,), (summary,), (), state, revision)


def heads(paths: list[str]) -> tuple[str, ...]:
    """The shortest ends of paths that differ: `naive`, `bottleneck`; the same path is numbered."""
    parts = [PurePath(path).with_suffix("").parts for path in paths]
    for length in range(1, max(map(len, parts)) + 1):
        found = ["/".join(part[-length:]) for part in parts]
        if len(set(found)) == len(set(paths)):
            break
    return tuple(
        f"{head} ({found[:number].count(head) + 1})" if head in found[:number] else head
        for number, head in enumerate(found)
    )


# -- totals ---------------------------------------------------------------------------------


_NEEDS = {"trainable": "frozen", "frozen": "frozen", "buffers": "buffers"}
"""Totals that are left out where no network has any of these."""

_PLACED = {
    "receptive_field": columns.field,
    "stride": columns.stride,
    "centre": columns.centre,
}
"""How what a network has along each axis is written."""


def totals(comparison: Comparison) -> Iterator[Total]:
    """Every quantity, network by network."""
    summaries = comparison.summaries
    yield _texts("input", [entering(one.graph) for one in summaries])
    yield _texts("output", [leaving(one.graph) for one in summaries])
    networks = [NamedNumbers(summary) for summary in summaries]
    behind = "macs" if "macs" in comparison.metrics else comparison.metrics[-1]
    for metric in (METRICS[name] for name in comparison.metrics):
        if metric.per_axis:
            yield _sizes(metric, networks)
        elif metric.name not in _NEEDS or _any(_NEEDS[metric.name], networks):
            values = [numbers.of_whole(metric.name) for numbers in networks]
            found = _counts(metric.title, values, columns.WRITTEN[metric.form])
            yield found._replace(cells=tuple(map(_cell, found.cells, networks)))
        if metric.name == behind:
            yield from _of_tool(comparison.counted)
    for name in ("top1", "top5"):
        errors = [getattr(one.graph.published or Published(), name) for one in summaries]
        if any(error is not None for error in errors):
            yield _texts(f"{name.replace('top', 'top-')} error", list(map(percent, errors)))


def _cell(text: str, numbers: NamedNumbers) -> str:
    return text or columns.missing(numbers.summary.whole)


def _texts(name: str, cells: list[str]) -> Total:
    same = tuple("=" if cell == cells[0] else "" for cell in cells[1:])
    return Total(name, tuple(cells), same, same)


def _any(metric: str, networks: list[NamedNumbers]) -> bool:
    return any(numbers.of_whole(metric) != (0,) for numbers in networks)


def _of_tool(counted: tuple[Counted, ...]) -> Iterator[Total]:
    for name in {f"{one.convention.name} {one.convention.unit}": None for one in counted}:
        yield _counts(name, [(one.total,) for one in counted], rounded)


def _counts(title: str, values: list[Value | None], show: Callable[[Any], str]) -> Total:
    first, *others = (value[0] if value else None for value in values)
    return Total(
        title,
        tuple("" if n is None else show(n) for n in (first, *others)),
        tuple(_apart(n, first, show) for n in others),
        tuple("" if n is None or first is None else ratio(n, first) for n in others),
    )


def _apart(number: float | None, first: float | None, show: Callable[[Any], str]) -> str:
    if number is None or first is None:
        return ""
    return "=" if number == first else signed(number - first, show)


def _sizes(metric: Metric, networks: list[NamedNumbers]) -> Total:
    """Of the receptive field: a ratio where it is the same along all axes."""
    show = _PLACED[metric.name]
    receptive = [numbers.summary.totals.receptive for numbers in networks]
    shown = [show(one) if one else "" for one in receptive]
    plain = _texts(metric.title, [*map(_cell, shown, networks)])
    found = [numbers.of_whole(metric.name) or () for numbers in networks]
    first, *others = (values[0] if len(set(values)) == 1 else None for values in found)
    ratios = tuple(
        same or (ratio(size, first) if size and first and metric.form == "sizes" else "")
        for size, same in zip(others, plain.ratios, strict=True)
    )
    return plain._replace(ratios=ratios)


def total_columns(comparison: Comparison, found: list[Total]) -> Iterator[list[list[str]]]:
    """For each network the columns of its totals: what it has, and how that compares with the
    first; of two networks, the difference too."""
    for number, name in enumerate(comparison.heads):
        column = [[name, *(total.cells[number] for total in found)]]
        if number and len(comparison.heads) == 2:
            column.append(["difference", *(total.differences[0] for total in found)])
        if number:
            column.append(["ratio", *(total.ratios[number - 1] for total in found)])
        yield column


def conventions(comparisons: list[Comparison]) -> list[str]:
    """What the numbers count."""
    shown = {metric for comparison in comparisons for metric in comparison.metrics}
    said = meanings(comparisons[0].summaries[0])
    notes = [f"{METRICS[name].title}: {said[name]}." for name in METRICS if name in shown & {*said}]
    notes += [stated_note(s.graph) for c in comparisons for s in c.summaries if s.graph.stated]
    for name, version in {one.convention[:2]: None for c in comparisons for one in c.counted}:
        notes.append(f"{name}: as {name} {version} counts; `explain SPEC --flops` says why.")
    if any(len(comparison.heads) > 1 for comparison in comparisons):
        notes.append("ratio: to the first; = where both are the same.")
    return notes


def said_alone(comparison: Comparison) -> str:
    """That a spec is new, or gone."""
    if comparison.state == "new":
        return f"new: it is not there at {comparison.revision}"
    return f"gone: it is there at {comparison.revision} only" if comparison.state == "gone" else ""


def said_unchanged(comparisons: list[Comparison]) -> str:
    """Which specs are as they were."""
    same = [one for one in comparisons if one.unchanged]
    if not same:
        return ""
    paths = ", ".join(one.summaries[-1].graph.path for one in same)
    return f"no number or layer changed since {same[0].revision}: {paths}"


# -- layers ---------------------------------------------------------------------------------


class ChangeLine(NamedTuple):
    """A change of the layers: `~` edited, `+` added, `-` removed, nothing for sums.

    path: of the first layer or group it shows in; more: in how many others, or what is summed up
    params, macs: how many more there are; what: the fields and numbers that are others
    """

    mark: str
    path: str
    more: str
    params: str
    macs: str
    what: str

    @property
    def name(self) -> str:
        """`stage1.0.conv and 15 more`."""
        return " ".join(filter(None, (self.path, self.more)))


_MARKS = {"edited": "~", "part": "~", "added": "+", "removed": "-"}


def lines(difference: Difference) -> list[ChangeLine]:
    """The changes, what follows from them, and their sum: it is the totals' difference."""
    found = [_line(change) for change in difference.changes[:MOST]]
    if hidden := difference.changes[MOST:]:
        more = counted(len(hidden), "more change")
        found.append(
            ChangeLine("", "", more, *_more(*_sums(change.counts for change in hidden)), "")
        )
    follows = difference.consequence
    if follows.layers:
        name = f"{_layers(follows.layers)}, fields unchanged"
        shapes = [f"{follows.reshaped} with another shape"] if follows.reshaped else []
        fields = [f"{follows.refocused} with another receptive field"] if follows.refocused else []
        found.append(ChangeLine("", "", name, *_more(*follows.counts), ", ".join(shapes + fields)))
    every = [change.counts for change in difference.changes] + [follows.counts]
    return [*found, ChangeLine("", "", "total", *_more(*_sums(every)), "")] if found else []


def head(difference: Difference) -> str:
    """`layers: 3 edited, 1 added, 27 follow from that, 143 the same`."""
    counts = {
        "edited": difference.layers("edited"),
        "added": difference.layers("added"),
        "removed": difference.layers("removed"),
        "with the same fields and other numbers": difference.consequence.layers,
        "the same": difference.same,
    }
    return "layers: " + ", ".join(f"{exact(n)} {what}" for what, n in counts.items() if n)


def between(difference: Difference, several: bool) -> str:
    """Of more than two networks, which ones a difference is between."""
    if not several:
        return ""
    return f"   {difference.before.graph.name} -> {difference.after.graph.name}"


def _line(change: Change) -> ChangeLine:
    paths = change.after or change.before
    more = f"and {exact(len(paths) - 1)} more" if len(paths) > 1 else ""
    counted = ("", "") if change.sort == "part" else _more(*change.counts)
    return ChangeLine(_MARKS[change.sort], paths[0], more, *counted, what(change))


def what(change: Change) -> str:
    """`kernel 3 -> 5; output 64x56x56 -> 64x54x54`; of what is new or gone, its kind and fields."""
    layers = max(count.layers for count in change.counts)
    parts = list(_contrasts(change.fields)) + list(_contrasts(change.numbers))
    if change.sort in ("added", "removed"):
        many = f", {_layers(layers)}" if change.span is None else ""
        parts.insert(0, change.kind + many)
    return "; ".join(parts)


def _contrasts(contrasts: tuple[Contrast, ...]) -> Iterator[str]:
    """Field by field, the first few pairs of values."""
    for name, alike in groupby(contrasts, key=lambda contrast: contrast.name):
        if name in ("params", "buffers", "macs", "flops"):
            continue
        texts = dict.fromkeys(filter(None, map(_contrast, alike)))
        shown = ", ".join(list(texts)[:FEW])
        more = f" and {len(texts) - FEW} more" if len(texts) > FEW else ""
        if shown:
            yield f"{_TITLES.get(name, name)} {shown}{more}"


_TITLES = {"receptive_field": "field"}


def _contrast(contrast: Contrast) -> str:
    """`3 -> 5`; one value alone of what is new or gone; nothing where both read the same."""
    before, after = _value(contrast.before), _value(contrast.after)
    if contrast.before is None and contrast.name not in ("stride", "shares"):
        return after
    if contrast.after is None and contrast.name not in ("stride", "shares"):
        return before
    return f"{before} -> {after}" if before != after else ""


def _value(value: object) -> str:
    if isinstance(value, Receptive):
        return columns.field(value)
    if isinstance(value, tuple) and any(isinstance(part, str) for part in value):
        return " + ".join(map(str, value))
    return "none" if value is None else field_value(value)


def _layers(number: int) -> str:
    return f"{counted(number, 'layer')}"


def _more(before: Count, after: Count) -> tuple[str, str]:
    return signed(after.params - before.params, exact), signed(after.macs - before.macs, rounded)


def _sums(counts: Iterable[tuple[Count, Count]]) -> tuple[Count, Count]:
    """Of several changes, before and after."""
    before, after = zip(*counts, strict=True)
    return added_up(before), added_up(after)
