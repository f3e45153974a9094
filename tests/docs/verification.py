"""The table of docs/verification.md: what was confirmed of each network of the zoo.

`python -m tests.docs.verification` verifies every network and writes the table: it takes minutes.
`python -m tests.docs.verification lenet/lenet5` writes that line, and leaves the others.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.network.graph import Graph
from cnncalc.numbers import exact
from cnncalc.runtime.lower import lower
from cnncalc.runtime.verify import verify
from cnncalc.runtime.verify.exported import check_exported
from cnncalc.verification import EQUAL, Check
from tests.docs.pages import ROOT
from tests.test_networks import SPECS

PAGE = ROOT / "docs" / "verification.md"
TABLE = re.compile(
    r"(<!-- written by tests/docs/verification\.py -->\n)(.*?)(\n<!-- end -->)", re.DOTALL
)

HEAD = "| network | layers | inputs | tensors | params | MACs | fields | gradients | source |"
RULE = "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"


def line(spec: str) -> str:
    """The line of one network: how many of each sort were compared and found equal."""
    graph = load(str(ROOT / "specs" / f"{spec}.yaml"))
    found = verify(graph)
    checks = {check.name: check for check in found.checks}
    if found.device == "meta":  # a forward pass with numbers is little beside a backward one
        checks["exported source"] = check_exported(graph, lower(graph), "cpu")
    exported = confirmed(checks["exported source"], "same bits")
    return f"| {' | '.join([*cells(spec, graph, checks), exported])} |"


def cells(spec: str, graph: Graph, checks: Mapping[str, Check]) -> list[str]:
    """The cells of a line, but for the source."""
    totals = analyze(graph).totals
    return [
        f"[{graph.name.replace('*', '')}](../specs/{spec}.yaml)",
        confirmed(checks["output shapes"], count(checks["output shapes"], "layer")),
        confirmed(checks["connections"], count(checks["connections"], "input")),
        confirmed(checks["weights"], count(checks["weights"], "tensor")),
        confirmed(checks["params"], exact(totals.params.total)),
        confirmed(checks["MACs"], exact(totals.ops.macs)),
        field(checks["receptive field"]),
        confirmed(checks["gradients"], count(checks["gradients"], "parameter")),
    ]


def confirmed(check: Check, text: str) -> str:
    """The text, or what came out instead."""
    return text if check.verdict == EQUAL else check.verdict


def count(check: Check, word: str) -> str:
    """How many there were of what."""
    match = re.search(rf"([\d,]+) {word}", check.compared)
    return match[1] if match else "0"


def field(check: Check) -> str:
    """How many outputs; all of them, or the verdict says otherwise."""
    if check.unconfirmed and check.compared:
        return f"in part: {'; '.join(check.unconfirmed)}"
    return confirmed(check, count(check, "output")) if check.compared else "no spatial axes"


def lines() -> dict[str, str]:
    """The lines of the page, by spec."""
    found = TABLE.search(PAGE.read_text(encoding="utf-8"))
    assert found
    spec = re.compile(r"\]\(\.\./specs/([^)]+)\.yaml\)")
    rows = found[2].splitlines()[2:]
    return {match[1]: row for row in rows if (match := spec.search(row))}


def main(specs: list[str]) -> None:
    """Write the lines of some networks; of none, those of all."""
    known = lines()
    for spec in specs or SPECS:
        known[spec] = line(spec)
        print(known[spec], file=sys.stderr, flush=True)  # noqa: T201 (it takes its time)
    table = "\n".join([HEAD, RULE, *(known[spec] for spec in SPECS if spec in known)])
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda m: m[1] + table + m[3], text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
