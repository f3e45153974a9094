"""Comments that ignore findings of their line: `# cnncalc: ignore[CNN602]`."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence

from cnncalc.checking.policy import Refusal, is_fixed, not_ignorable
from cnncalc.diagnostics import Diagnostic, Diagnostics, Source, Span
from cnncalc.language.text import tree
from cnncalc.language.written.document import is_spec
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

_COMMENT = pattern(r"(?:^|(?<=\s))#\s*cnncalc:(?P<rest>.*)$")
_IGNORE = pattern(r"\s*ignore(?:\s*\[(?P<codes>[^\]]*)\](?:\s.*)?|\s*)\Z")
_EXAMPLE = "`# cnncalc: ignore[CNN602]`, several with commas"


class Ignore(NamedTuple):
    """A comment: the codes that it ignores on its line; none: all that can be."""

    span: Span
    codes: tuple[str, ...]

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether it ignores a finding of its line."""
        if is_fixed(diagnostic.code):
            return False
        return not self.codes or diagnostic.code.startswith(self.codes)


def read_ignores(source: Source, diagnostics: Diagnostics) -> dict[int, Ignore]:
    """The comments of a spec by their lines; those that cannot be followed are reported."""
    if "cnncalc:" not in source.text:
        return {}
    root = tree.read(source, Diagnostics())
    if not is_spec(source, root):
        return {}
    texts = sorted(_scalars(root), key=_start)
    found = {}
    for number, line in enumerate(source.lines, 1):
        comment = _COMMENT.search(line) if "cnncalc:" in line else None
        if comment and not _within(number, comment.start() + 1, texts):
            span = Span(source, number, comment.start() + 1, number, len(line.rstrip()) + 1)
            ignore = _read(comment["rest"], span, diagnostics)
            if ignore:
                found[number] = ignore
    return found


def ignores(diagnostic: Diagnostic) -> bool:
    """Whether a comment on the line of a finding ignores it."""
    comment = read_ignores(diagnostic.span.source, Diagnostics()).get(diagnostic.span.line)
    return comment is not None and comment.covers(diagnostic)


def _read(rest: str, span: Span, diagnostics: Diagnostics) -> Ignore | None:
    form = _IGNORE.match(rest)
    if form is None:
        message = f"`cnncalc:{rest.rstrip()}` says nothing that cnncalc knows"
        _warn(Refusal(message, _EXAMPLE), span, diagnostics)
        return None
    if form["codes"] is None:
        return Ignore(span, ())
    codes = []
    for code in filter(None, map(str.strip, form["codes"].split(","))):
        refusal = not_ignorable(code)
        if refusal:
            _warn(refusal, span, diagnostics)
        else:
            codes.append(code)
    return Ignore(span, tuple(codes)) if codes else None


def _warn(refusal: Refusal, span: Span, diagnostics: Diagnostics) -> None:
    message, hint = refusal
    diagnostics.add(Diagnostic("CNN802", span, message, hint, (), "warning"))


def _scalars(node: tree.Node | None) -> Iterator[Span]:
    """Where the texts of a tree stand: what looks like a comment in them is none."""
    if isinstance(node, tree.Scalar):
        yield node.span
    elif isinstance(node, tree.Sequence):
        for item in node.items:
            yield from _scalars(item)
    elif isinstance(node, tree.Mapping):
        for key, value in node.entries:
            yield from _scalars(key)
            yield from _scalars(value)


def _within(line: int, column: int, texts: Sequence[Span]) -> bool:
    """Whether a place is in one of the texts, which are in order and apart."""
    before = bisect(texts, (line, column), key=_start)
    return before > 0 and (line, column) < (
        texts[before - 1].end_line,
        texts[before - 1].end_column,
    )


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column
