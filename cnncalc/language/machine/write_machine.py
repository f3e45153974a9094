"""A machine -> the text of its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.machine import LEVELS, ROWS, Ceilings, Level, Machine, Rates
from cnncalc.text import yaml_text


def written(machine: Machine) -> str:
    """The file, which says of each kind of numbers what was measured, and what was learned."""
    return "\n".join(_lines(machine)) + "\n"


def _lines(machine: Machine) -> Iterator[str]:
    yield "# measured by `cnncalc profile --save`; rates are per second, sizes are bytes"
    yield f"device: {yaml_text(machine.device)}"
    yield f"kind: {yaml_text(machine.kind)}"
    yield f"threads: {machine.threads}"
    yield f"torch: {yaml_text(machine.torch)}"
    yield "rates:"
    for dtype, rates in machine.rates.items():
        yield f"  {dtype}:"
        yield from (f"    {line}" for line in _rates(rates))


def _rates(rates: Rates) -> Iterator[str]:
    yield "ceilings:"
    yield from (f"  {line}" for line in _ceilings(rates.ceilings))
    if rates.costs:
        yield "costs:  # so many times the seconds of products, of bytes, of new memory, and each"
        for sort, cost in rates.costs.items():
            yield f"  {yaml_text(sort)}: {_flow(cost._asdict())}"
    else:
        yield "costs: {}"
    yield f"learned: [{', '.join(map(yaml_text, rates.learned))}]"
    if rates.held_out:
        yield f"held_out: {_flow(rates.held_out._asdict())}"


def _ceilings(ceilings: Ceilings) -> Iterator[str]:
    for name, value in ceilings._asdict().items():
        if value in (None, ()) or (name == "block" and not value):
            continue
        if isinstance(value, bool):
            yield f"{name}: {'true' if value else 'false'}"
        elif name in ROWS:
            yield f"{name}:"
            yield from (f"  {row.places}: {_levels(row.levels)}" for row in value)
        elif name in LEVELS:
            yield f"{name}: {_levels(value)}"
        else:
            yield f"{name}: {value!r}"


def _levels(levels: Iterable[Level]) -> str:
    """To four digits: no measurement is better."""
    pairs = (f"[{level.size}, {float(f'{level.rate:.4g}')!r}]" for level in levels)
    return f"[{', '.join(pairs)}]"


def _flow(values: dict[str, float]) -> str:
    return "{" + ", ".join(f"{name}: {value!r}" for name, value in values.items()) + "}"
