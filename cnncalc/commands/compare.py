"""`cnncalc compare`: networks side by side, and what is different between them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from cnncalc.analysis import Summary, analyze
from cnncalc.analysis.difference import difference, layer_by_layer
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import COMPARE, Format, show_all
from cnncalc.commands.graphs import graph_of, report
from cnncalc.commands.numbers_shown import chosen
from cnncalc.commands.options import (
    Given,
    UsageError,
    arguments,
    one_format,
    precision,
    samples,
    shapes,
)
from cnncalc.commands.tool_counted import counted_by, known_tool
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import file_of, read_with
from cnncalc.network.graph import Graph
from cnncalc.network.metrics import METRICS
from cnncalc.network.precision import Precision
from cnncalc.records import NamedTuple
from cnncalc.report.comparison.comparison import (
    SHOWN,
    Comparison,
    alone,
    side_by_side,
    versions,
)

if TYPE_CHECKING:
    from cnncalc.language.text.revision import Revision


class HowToCompare(NamedTuple):
    """How to compare.

    revision: of git, to compare the specs as they are now with; None: with each other
    layers: whether layer by layer; None: where the specs share most of their layers
    vary: `width=0.5,1.0`, the values of an argument that one spec is compared with itself at
    names: of the totals that are shown; batch, dtype, autocast: what is counted for
    tool: one whose count stands beside
    """

    revision: str | None = None
    layers: bool | None = None
    vary: Sequence[str] = ()
    names: str | None = None
    batch: int = 1
    dtype: str = "fp32"
    autocast: str | None = None
    tool: str | None = None


class Counting(NamedTuple):
    """How networks are counted, and what is shown of them."""

    form: Format
    metrics: tuple[str, ...]
    batch: int
    precision: Precision
    tool: str | None = None

    def analyze(self, graph: Graph) -> Summary:
        """What is compared of a network."""
        return analyze(graph, self.batch, self.precision)

    def show(self, comparisons: Sequence[Comparison]) -> None:
        """Print the totals that are wanted, and the rest. Raises UsageError where the tool stops
        with an error."""
        show_all(self.form, list(map(self.wanted, comparisons)))

    def wanted(self, found: Comparison) -> Comparison:
        """With the totals that are wanted."""
        of_tool = [counted_by(self.tool, one) for one in found.summaries] if self.tool else []
        return found._replace(metrics=self.metrics, counted=tuple(of_tool))


def compare(
    specs: list[str],
    settings: list[str],
    choice: HowToCompare,
    form: str = "text",
    inputs: Sequence[str] = (),
) -> int:
    """Print the comparison; 1 where a spec has errors. Raises UsageError."""
    given = Given(arguments(settings), shapes(inputs))
    shown = chosen(choice.names, SHOWN, METRICS, {"field": "receptive_field"}, len(SHOWN))
    works = precision(choice.dtype, choice.autocast)
    tool = choice.tool and known_tool(choice.tool)
    how = Counting(one_format(form, COMPARE), shown, samples(choice.batch), works, tool)
    if choice.vary:
        return _itself(specs, given, choice, how)
    if choice.revision is None:
        return _each_other(specs, given, choice, how)
    return _with_revision(specs, given, choice, how)


def _each_other(specs: list[str], given: Given, choice: HowToCompare, how: Counting) -> int:
    """Specs with the first of them."""
    if len(specs) < 2:
        hint = "`cnncalc compare A B`, or `cnncalc compare A --git HEAD` with what it was there"
        raise UsageError(f"compare wants two specs or more; {hint}")
    if specs.count("-") > 1:
        raise UsageError("`-` reads standard input, and can be read once")
    graphs = [graph_of(spec, *given) for spec in specs]
    summaries = tuple(how.analyze(graph) for graph in graphs if graph)
    if len(summaries) < len(specs):
        return PROBLEMS
    how.show([side_by_side(summaries, layer_by_layer(summaries, choice.layers))])
    return SOUND


# -- one spec beside itself -----------------------------------------------------------------


def _itself(specs: list[str], given: Given, choice: HowToCompare, how: Counting) -> int:
    """A spec with itself under other arguments, each version called by them."""
    if len(specs) != 1 or choice.revision is not None:
        raise UsageError(
            "--vary compares one spec with itself: `cnncalc compare A --vary NAME=1,2`"
        )
    if specs == ["-"]:
        raise UsageError("`-` reads standard input, and can be read once")
    versions = [dict(one) for one in product(*map(_values, choice.vary))]
    if len(versions) < 2:
        raise UsageError("--vary wants two values or more: `--vary width=0.5,1.0`")
    summaries = []
    for version in versions:
        graph = graph_of(specs[0], given.overrides | version, given.inputs)
        if graph is None:
            return PROBLEMS
        summaries.append(how.analyze(graph))
    heads = tuple(", ".join(f"{n}={text}" for n, text in one.items()) for one in versions)
    differences = layer_by_layer(tuple(summaries), choice.layers)
    how.show([Comparison(heads, tuple(summaries), differences)])
    return SOUND


def _values(varied: str) -> list[tuple[str, str]]:
    """`width=0.5,1.0` as the name with each value; commas in brackets part none. Raises
    UsageError."""
    ((name, text),) = arguments([varied], "--vary").items()
    found, depth = [""], 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    if not all(map(str.strip, found)):
        raise UsageError(f"--vary wants NAME=VALUE,VALUE, got `{varied}`")
    return [(name, value.strip()) for value in found]


# -- revisions ------------------------------------------------------------------------------


def _with_revision(specs: list[str], given: Given, choice: HowToCompare, how: Counting) -> int:
    """Specs with what they were at a revision; those that are sound are shown."""
    if "-" in specs:
        raise UsageError("`-` has no earlier version; --git wants the paths of specs")
    from cnncalc.language.text.revision import (  # git is a process of its own
        Revision,
        RevisionError,
    )

    revision = Revision(choice.revision or "")
    try:
        found = [_versions(spec, revision, given, how) for spec in dict.fromkeys(specs)]
    except RevisionError as error:
        raise UsageError(str(error)) from None
    comparisons = [comparison for comparison in found if comparison]
    if choice.layers is False:
        comparisons = [comparison._replace(differences=()) for comparison in comparisons]
    if comparisons:
        how.show(comparisons)
    return SOUND if len(comparisons) == len(found) else PROBLEMS


def _versions(spec: str, revision: Revision, given: Given, how: Counting) -> Comparison | None:
    """A spec with what it was; None where either has errors, which are printed. Raises
    RevisionError."""
    path = file_of(spec)
    was_there = revision.has(path)
    if not was_there or not os.path.exists(path):
        summary = _then(path, revision, given, how) if was_there else _now(spec, given, how)
        return alone(revision.name, summary, "gone" if was_there else "new") if summary else None
    before, after = _then(path, revision, given, how), _now(spec, given, how)
    if before is None or after is None:
        return None
    return versions(revision.name, difference(before, after))


def _now(spec: str, given: Given, how: Counting) -> Summary | None:
    graph = graph_of(spec, *given)
    return how.analyze(graph) if graph else None


def _then(path: str, revision: Revision, given: Given, how: Counting) -> Summary | None:
    """The network of a spec as it was."""
    diagnostics = Diagnostics()
    graph = read_with(revision.read, path, diagnostics, *given)
    report(diagnostics)
    return how.analyze(graph) if graph else None
