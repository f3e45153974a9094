"""Definitions that nothing takes."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.subject import Finding, Subject

OUT = "leave it out"


def unused_names(subject: Subject) -> Iterator[Finding]:
    """Arguments, `let` names and columns of `each` that no value mentions."""
    for sort, text, span in subject.unused:
        if sort == "name":
            yield Finding(span, f"{text} is used nowhere", f"{OUT}, or use it")


def unused_blocks(subject: Subject) -> Iterator[Finding]:
    """Blocks that nothing calls."""
    for sort, text, span in subject.unused:
        if sort == "block":
            yield Finding(span, f"nothing calls the block {text}", f"{OUT}, or call it")


def unused_defaults(subject: Subject) -> Iterator[Finding]:
    """Default fields that no layer takes."""
    for sort, text, span in subject.unused:
        if sort == "default":
            yield Finding(span, f"no layer takes the default {text}", OUT)
