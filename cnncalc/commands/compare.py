"""`cnncalc compare`: networks side by side, and what is different between them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.analysis import Summary, analyze
from cnncalc.analysis.difference import difference, layer_by_layer
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import COMPARE, Format, show_all
from cnncalc.commands.options import UsageError, arguments, graph_of, one_format, report
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import file_of, read_with
from cnncalc.report.comparison.comparison import (
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
    """

    revision: str | None = None
    layers: bool | None = None


def compare(specs: list[str], settings: list[str], choice: HowToCompare, form: str = "text") -> int:
    """Print the comparison; 1 where a spec has errors. Raises UsageError."""
    chosen, overrides = one_format(form, COMPARE), arguments(settings)
    if choice.revision is None:
        return _each_other(specs, overrides, choice, chosen)
    return _with_revision(specs, overrides, choice.revision, choice.layers is not False, chosen)


def _each_other(
    specs: list[str], overrides: dict[str, str], choice: HowToCompare, form: Format
) -> int:
    """Specs with the first of them."""
    if len(specs) < 2:
        hint = "`cnncalc compare A B`, or `cnncalc compare A --git HEAD` with what it was there"
        raise UsageError(f"compare wants two specs or more; {hint}")
    if specs.count("-") > 1:
        raise UsageError("`-` reads standard input, and can be read once")
    graphs = [graph_of(spec, overrides) for spec in specs]
    summaries = tuple(analyze(graph) for graph in graphs if graph)
    if len(summaries) < len(specs):
        return PROBLEMS
    show_all(form, [side_by_side(summaries, layer_by_layer(summaries, choice.layers))])
    return SOUND


# -- revisions ------------------------------------------------------------------------------


def _with_revision(
    specs: list[str], overrides: dict[str, str], name: str, layers: bool, form: Format
) -> int:
    """Specs with what they were at a revision; those that are sound are shown."""
    if "-" in specs:
        raise UsageError("`-` has no earlier version; --git wants the paths of specs")
    from cnncalc.language.text.revision import (  # git is a process of its own
        Revision,
        RevisionError,
    )

    revision = Revision(name)
    try:
        found = [_versions(spec, revision, overrides, layers) for spec in dict.fromkeys(specs)]
    except RevisionError as error:
        raise UsageError(str(error)) from None
    comparisons = [comparison for comparison in found if comparison]
    if comparisons:
        show_all(form, comparisons)
    return SOUND if len(comparisons) == len(found) else PROBLEMS


def _versions(
    spec: str, revision: Revision, overrides: dict[str, str], layers: bool
) -> Comparison | None:
    """A spec with what it was; None where either has errors, which are printed. Raises
    RevisionError."""
    path = file_of(spec)
    was_there = revision.has(path)
    if not was_there or not os.path.exists(path):
        summary = _then(path, revision, overrides) if was_there else _now(spec, overrides)
        return alone(revision.name, summary, "gone" if was_there else "new") if summary else None
    before, after = _then(path, revision, overrides), _now(spec, overrides)
    if before is None or after is None:
        return None
    comparison = versions(revision.name, difference(before, after))
    return comparison if layers else comparison._replace(differences=())


def _now(spec: str, overrides: dict[str, str]) -> Summary | None:
    graph = graph_of(spec, overrides)
    return analyze(graph) if graph else None


def _then(path: Path, revision: Revision, overrides: dict[str, str]) -> Summary | None:
    """The network of a spec as it was."""
    diagnostics = Diagnostics()
    graph = read_with(revision.read, path, diagnostics, overrides)
    report(diagnostics)
    return analyze(graph) if graph else None
