"""Definitions that nothing takes."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.lint.rule import rule
from cnncalc.analysis.lint.subject import Advice, Subject

OUT = "leave it out"


@rule(
    "CNN919",
    "warning",
    "a name that nothing uses",
    """An argument of the network or of a block, a name under `let` or a column of `each` stands in
    no value: to change it changes nothing. Either it is left over, or the place that should read it
    has a fixed number. What other files bring in by `include` and `extends` is not looked at.""",
    """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: 16, kernel: 3}
""",
    """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: width, kernel: 3}
""",
)
def unused_names(subject: Subject) -> Iterator[Advice]:
    """Arguments, `let` names and columns of `each` that no value mentions."""
    for sort, text, span in subject.unused:
        if sort == "name":
            yield Advice(span, f"{text} is used nowhere", f"{OUT}, or use it")


@rule(
    "CNN920",
    "warning",
    "a block that nothing calls",
    """A block of this spec is called nowhere: it is no part of the network. Blocks for several
    specs stand in a file of their own, which they `include`.""",
    """
input: 3x32x32
blocks:
  unit:
    layers: [relu]
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
""",
    """
input: 3x32x32
blocks:
  unit:
    layers: [relu]
layers:
  - conv: {filters: 16, kernel: 3}
  - unit
""",
)
def unused_blocks(subject: Subject) -> Iterator[Advice]:
    """Blocks that nothing calls."""
    for sort, text, span in subject.unused:
        if sort == "block":
            yield Advice(span, f"nothing calls the block {text}", f"{OUT}, or call it")


@rule(
    "CNN921",
    "warning",
    "a default that no layer takes",
    """A field under `defaults` reaches no layer: there is none of that kind, or each gives the
    field itself.""",
    """
input: 3x32x32
defaults:
  conv: {padding: half}
layers:
  - conv: {filters: 16, kernel: 3, padding: 0}
""",
    """
input: 3x32x32
defaults:
  conv: {padding: half}
layers:
  - conv: {filters: 16, kernel: 3}
""",
)
def unused_defaults(subject: Subject) -> Iterator[Advice]:
    """Default fields that no layer takes."""
    for sort, text, span in subject.unused:
        if sort == "default":
            yield Advice(span, f"no layer takes the default {text}", OUT)
