"""A file of weights as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Any

from cnncalc.layers.base import times
from cnncalc.layers.fields import counted
from cnncalc.numbers import exact
from cnncalc.report.grid import aligned
from cnncalc.stored_weights import StoredWeights
from cnncalc.text import line, lines

HEAD = ("tensor", "shape", "type", "numbers", "norm")
LEFT = (0, 1, 2)

SPEC = "spec"

WIDTH = 52
"""Of what stands behind a name: with the longest of ours it has room in 80 columns."""

SHOWN = 20
"""Of a list in one line."""


def to_text(found: StoredWeights) -> str:
    """What it is, what it says of itself, its tensors, its spec."""
    said = dict(found.said)
    spec = said.pop(SPEC, None)
    rows = [*_file(found), *_folded(_said(said))]
    parts = ["".join(f"{text}\n" for text in aligned(rows, (0, 1))), _tensors(found)]
    if isinstance(spec, str):
        parts.append(lines(spec).rstrip("\n") + "\n")
    return "\n".join(parts)


def _file(found: StoredWeights) -> Iterator[tuple[str, str]]:
    yield "file", line(found.path)
    yield "format", found.form + (", as it was written" if found.sealed else "")
    yield "size", f"{exact(found.size)} bytes"
    yield "SHA-256", found.sha256
    if found.averaged:
        yield "weights", "running means (EMA); the last step's: `network.`"


def _said(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A line for each entry, for each of an entry's own; what is empty has none."""
    for name, value in said.items():
        if isinstance(value, Mapping):
            for inner, within in value.items():
                if not _empty(within):
                    yield line(f"{name}.{inner}"), line(_flow(within))
        elif not _empty(value):
            yield line(name), line(_flow(value))


def _folded(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Long values go on below themselves."""
    for name, value in rows:
        parts = wrap(value, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        yield from zip([name, *[""] * (len(parts) - 1)], parts, strict=True)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _flow(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_flow(each)}" for name, each in value.items())
    if isinstance(value, list):
        more = [f"and {len(value) - SHOWN:,} more"] if len(value) > SHOWN else []
        return ", ".join([*map(_flow, value[:SHOWN]), *more])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _tensors(found: StoredWeights) -> str:
    rows = [
        (
            line(tensor.name),
            times(tensor.shape) or "a number",
            tensor.dtype,
            exact(tensor.numbers),
            "?" if tensor.norm is None else f"{tensor.norm:.5g}",
        )
        for tensor in found.tensors
    ]
    total = exact(sum(tensor.numbers for tensor in found.tensors))
    rows.append((counted(len(found.tensors), "tensor"), "", "", total, ""))
    return "".join(f"{text}\n" for text in aligned([HEAD, *rows], LEFT))
