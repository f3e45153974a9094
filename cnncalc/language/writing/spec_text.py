"""A spec as values to its text: sections in the order in which specs have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.language.writing.sections import in_order
from cnncalc.language.writing.yaml_flow import Plain, braced, flow, text
from cnncalc.records import NamedTuple

WIDTH = 120

Item = Mapping[str, Plain]
"""An item of a spec as its entries: its modifiers, `name`, `from`, ..., then its kind."""


class SpecText(NamedTuple):
    """A spec as values: what stands in each section; those without anything are left out.

    inputs: shapes, `3x224x224`, by name; without a name, that of the only one
    layers: items, or lines of them that stand as they are; defaults, blocks: lines
    outputs: the further heads, each the name of a layer
    """

    name: str
    inputs: Mapping[str, str]
    layers: Sequence[Item | str]
    about: str = ""
    source: str = ""
    defaults: Sequence[str] = ()
    blocks: Sequence[str] = ()
    outputs: Mapping[str, str] = {}
    expect: Mapping[str, Plain] = {}

    def __str__(self) -> str:
        return in_order(dict(_sections(self)))


def _sections(spec: SpecText) -> Iterator[tuple[str, str]]:
    for key in ("name", "source", "about"):
        if words := getattr(spec, key):
            yield key, f"{key}: {text(words)}"
    yield "input", f"input: {_inputs(spec.inputs)}"
    items = [each if isinstance(each, str) else f"  - {on_a_line(each)}" for each in spec.layers]
    outputs = [f"  {text(name)}: {text(layer)}" for name, layer in spec.outputs.items()]
    expect = [f"  {text(name)}: {flow(value)}" for name, value in spec.expect.items()]
    for key, lines in (
        ("defaults", spec.defaults),
        ("blocks", spec.blocks),
        ("layers", items),
        ("outputs", outputs),
        ("expect", expect),
    ):
        if lines:
            yield key, "\n".join([f"{key}:", *lines])


def _inputs(inputs: Mapping[str, str]) -> str:
    return inputs[""] if list(inputs) == [""] else braced(inputs)


def on_a_line(item: Item) -> str:
    """`relu`; `conv: {filters: 64, kernel: 3}`; `{name: stem, conv: ...}`."""
    if len(item) > 1:
        return braced(item)
    ((kind, value),) = item.items()
    return text(kind) if value is None else f"{text(kind)}: {flow(value)}"
