"""The table of the zoo: what each network has, what was published, and whether they agree."""

from __future__ import annotations

import re
from textwrap import fill

from cnncalc.analysis import Summary
from cnncalc.numbers import exact
from cnncalc.report.table.columns import field
from tests.test_networks import PUBLISHED, ROWS, SPECS, summary_with_arguments

HEAD = "| network | drawn | params | MACs | field | published | by | agrees |"
RULE = "| --- | --- | ---: | ---: | ---: | --- | --- | --- |"

UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9}
FIGURE = re.compile(r"(\d[\d,]*(?:\.\d+)?)(e\d)?\s?(million|[KMGB])?\b")


def zoo_table() -> str:
    """A line for each network, those without a published figure too; and one for each set of
    arguments with figures of its own."""
    return "\n".join([HEAD, RULE, *(_line(case) for case in _cases())])


def _cases() -> list[str]:
    """Specs, `mobilenet/mobilenet_v1`, each followed by those with arguments, `... width=0.5`."""
    with_arguments = [case for case in PUBLISHED if " " in case]
    return [
        case
        for spec in SPECS
        for case in (spec, *(c for c in with_arguments if c.partition(" ")[0] == spec))
    ]


def _line(case: str) -> str:
    found = summary_with_arguments(case)
    spec, _, arguments = case.partition(" ")
    totals = found.totals
    cells = [
        f"[{found.graph.name}](../specs/{spec}.yaml){f', `{arguments}`' if arguments else ''}",
        "" if arguments else f"[picture](pictures/zoo/{spec.rpartition('/')[2]}.svg)",
        exact(totals.params.total),
        exact(totals.ops.macs),
        field(totals.receptive) if totals.receptive else "all",
        *_published(case, found),
    ]
    return f"| {' | '.join(cell.replace('*', '') for cell in cells)} |"


def _published(case: str, found: Summary) -> tuple[str, str, str]:
    """What was published, by whom, and whether the network has it."""
    if case not in PUBLISHED:
        return "", "", "no published total"
    row = ROWS[PUBLISHED[case]]
    by = row["source"].partition("; per layer")[0].partition("; see")[0]
    off = _off(case, found)
    if off:
        return _printed(row), by, f"{', '.join(off)}: no, see below"
    return _printed(row), by, "yes" if _printed(row) else "to the last digit"


def _printed(row: dict[str, str]) -> str:
    """The published figures, without a pointer to where they are discussed."""
    return row["published"].partition("; see")[0].partition("; layer")[0]


def _off(case: str, found: Summary) -> list[str]:
    """The published figures that nothing the network has rounds to."""
    params, macs = found.totals.params, found.totals.ops.macs
    known = (params.total, params.trainable, macs, params.total + params.buffers)
    figures = _figures(_printed(ROWS[PUBLISHED[case]]))
    return [text for text, low, high in figures if not any(low <= n <= high for n in known)]


def differences() -> str:
    """For each network that has not the figure printed of it, what its spec says of it."""
    lines = {}
    for case in filter(PUBLISHED.__contains__, _cases()):
        found = summary_with_arguments(case)
        if off := _off(case, found):
            assert found.graph.about, f"{case} must say why it does not have {off}"
            about = " ".join(found.graph.about.split())
            entry = f"- **{found.graph.name}** ({', '.join(off)}). {about}"
            lines[case.partition(" ")[0]] = fill(entry, 100, subsequent_indent="  ")
    return "\n".join(lines.values())


def _figures(text: str) -> list[tuple[str, float, float]]:
    """The figures in a text, each with the interval that rounds to it."""
    found = []
    for match in FIGURE.finditer(text):
        digits, power, unit = match.groups()
        size = 10 ** int(power[1:]) if power else UNITS[(unit or "").replace("million", "M")]
        plain = digits.replace(",", "")
        half = size / 2 / 10 ** len(plain.partition(".")[2]) if size > 1 else 0
        if size > 1 or len(plain) > 4:
            middle = float(plain) * size
            found.append((match.group().strip(), middle - half, middle + half))
    return found
