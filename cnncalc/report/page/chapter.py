"""A network on a page: what its sections are made of, and how they point at each other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.diagnostics import Diagnostic, Source, Span
from cnncalc.network.graph import Node
from cnncalc.report.page.measured_times import MeasuredTimes
from cnncalc.report.table.outline import TableLine, outline


class Chapter:
    """A network on a page.

    source: the text of its spec, where there is one
    findings: of `check`; None: it was not asked
    prefix: in front of its anchors, on a page of several networks
    measured: what it took, where that is known

    Its parts, layers and groups alike, are told by number: their places in its outline. What
    speaks of a part has that as `data-part`, and is lit with all that speaks of the same.
    """

    def __init__(
        self,
        summary: Summary,
        source: Source | None = None,
        findings: tuple[Diagnostic, ...] | None = None,
        prefix: str = "",
        measured: MeasuredTimes | None = None,
    ) -> None:
        self.summary = summary
        self.source = source
        self.is_checked = findings is not None
        self.findings = findings or ()
        self.prefix = prefix
        self.measured = measured
        self.numbers = NamedNumbers(summary)

    @cached_property
    def lines(self) -> tuple[TableLine, ...]:
        """Every part, outermost first."""
        return outline(self.summary, None)

    @cached_property
    def parts(self) -> dict[str, int]:
        """The number of each part, by its path."""
        return {line.path: number for number, line in enumerate(self.lines)}

    def row(self, line: TableLine) -> Row:
        """The numbers of a part; of a group, of its layers together."""
        if line.row:
            return line.row
        group = self.summary.graph.groups[line.path]
        return self.summary.part(group.first, group.last)

    def anchor(self, name: str) -> str:
        """The id of a section, or of something in it."""
        return f"{self.prefix}{name}"

    # -- what was found in it ------------------------------------------------------------------

    def finding(self, number: int) -> str:
        """The anchor of a finding."""
        return self.anchor(f"finding-{number}")

    def findings_at(self, source: str, line: int) -> list[int]:
        """The findings on a line of a source, by number."""
        return self._found.get((source, line), [])

    @cached_property
    def _found(self) -> dict[tuple[str, int], list[int]]:
        found: dict[tuple[str, int], list[int]] = {}
        for number, each in enumerate(self.findings):
            found.setdefault((each.span.source.name, each.span.line), []).append(number)
        return found

    def findings_of(self, part: int) -> list[int]:
        """Those on the line that a layer is written on."""
        row = self.lines[part].row
        span = row.node.span if row else None
        return self.findings_at(span.source.name, span.line) if span else []

    # -- the texts that it is written in ------------------------------------------------------

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The spec, and the files that it leads to."""
        found = {source.name: source for source in (self.source,) if source}
        for span in self._spans():
            if span.source.lines:
                found.setdefault(span.source.name, span.source)
        return tuple(found.values())

    def _spans(self) -> Iterator[Span]:
        graph = self.summary.graph
        yield graph.span
        for node in graph.layers:
            yield node.span
            yield from (call.span for call in node.calls if call.span)
        yield from (finding.span for finding in self.findings)

    def place(self, span: Span) -> str | None:
        """The anchor of the line that a span begins on; None where its text is not shown."""
        for number, source in enumerate(self.sources):
            if source.name == span.source.name:
                return self.line(number, span.line)
        return None

    def place_of(self, part: int) -> str | None:
        """The anchor of the line that a part is written on; of a group, its first call."""
        line = self.lines[part]
        if line.row:
            return self.place(line.row.node.span)
        group = self.summary.graph.groups[line.path]
        node, level = self.summary.graph.layers[group.first], line.path.count(".")
        calls = [call.span for call in node.calls if call.span]
        return self.place(calls[0] if calls and not level else node.span)

    def line(self, source: int, line: int) -> str:
        """The anchor of a line of one of the sources."""
        return self.anchor(f"L{line}" if not source else f"S{source}-L{line}")

    @cached_property
    def first_places(self) -> dict[tuple[str, int], Node]:
        """The first layer that is written on a line of a source."""
        found: dict[tuple[str, int], Node] = {}
        for node in self.summary.graph.layers:
            found.setdefault((node.span.source.name, node.span.line), node)
        return found
