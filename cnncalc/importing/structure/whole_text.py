"""The text of a spec of which the network's sections are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnncalc.importing.drafts import Sketch
from cnncalc.importing.structure.readable import Body
from cnncalc.language.writing.yaml_flow import Plain, braced, flow, text
from cnncalc.layers.base import times


def whole_text(sketch: Sketch, body: Body, expect: Mapping[str, Plain]) -> str:
    """The spec of a sketch, its network as the body says."""
    return "\n".join(_lines(sketch, body, expect)) + "\n"


def _lines(sketch: Sketch, body: Body, expect: Mapping[str, Plain]) -> Iterator[str]:
    program = sketch.program
    yield f"name: {text(program.name)}"
    if program.source:
        yield f"source: {text(program.source)}"
    shapes = {name: times(draft.shape) for name, draft in sketch.inputs.items()}
    yield f"input: {braced(shapes) if len(shapes) > 1 else next(iter(shapes.values()))}"
    yield from _section("defaults", body.defaults)
    yield from _section("blocks", body.blocks)
    yield from _section("layers", body.layers)
    yield from _section("outputs", [f"  {text(a)}: {text(b)}" for a, b in body.outputs.items()])
    yield from _section("expect", [f"  {text(a)}: {flow(b)}" for a, b in expect.items()])


def _section(key: str, lines: object) -> Iterator[str]:
    if lines:
        yield from ("", f"{key}:")
        yield from lines  # type: ignore[misc]
