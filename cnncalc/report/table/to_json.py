"""The analysis as JSON: a contract that others build on; fields are added, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.named_numbers import NamedNumbers
from cnncalc.network.graph import Graph
from cnncalc.network.metrics import METRICS
from cnncalc.report.table.outline import TableLine
from cnncalc.report.table.table import Table
from cnncalc.text import json_pieces

if TYPE_CHECKING:
    from cnncalc.analysis.conventions.count import Counted
    from cnncalc.report.table.timed import Timed

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(tables: list[Table]) -> Iterator[str]:
    """One document; for several specs a list of them. It comes in pieces: that of a long network
    takes more room than the network."""
    documents = [
        _document(table.numbers, table.lines, table.counted, table.timed) for table in tables
    ]
    return json_pieces(documents[0] if len(documents) == 1 else documents)


def document(
    summary: Summary, lines: tuple[TableLine, ...], counted: Counted | None = None
) -> dict[str, Any]:
    """The numbers of one network; counted: as another tool counts it."""
    found = _document(NamedNumbers(summary), lines, counted)
    found["layers"] = list(found["layers"])
    return found


def _document(
    numbers: NamedNumbers,
    lines: tuple[TableLine, ...],
    counted: Counted | None = None,
    timed: Timed | None = None,
) -> dict[str, Any]:
    """The same, its layers one after another; timed: with what they take on a machine."""
    summary = numbers.summary
    graph = summary.graph
    found: dict[str, Any] = {
        "version": VERSION,
        "spec": graph.path,
        "name": graph.name,
        "about": graph.about,
        "source": graph.source,
        "published": graph.published._asdict() if graph.published else None,
        "input": _input(graph),
        "output": list(graph.output.shape),
        "output_name": graph.last,
        "outputs": {name: list(node.shape) for name, node in graph.outputs.items()},
        "batch": summary.batch,
        "dtype": summary.precision.dtype,
        "autocast": summary.precision.autocast,
        "totals": _totals(numbers) | (timed.numbers(summary.whole) if timed else {}),
        "layers": _layers(lines, numbers, counted, timed),
    }
    if counted:
        found["convention"] = as_counted(counted)
    if timed:
        found["machine"] = _machine(timed)
    return found


def _layers(
    lines: tuple[TableLine, ...],
    numbers: NamedNumbers,
    counted: Counted | None,
    timed: Timed | None,
) -> Iterator[dict[str, Any]]:
    """Each line that has numbers."""
    for line in lines:
        if row := line.row:
            found = _layer(line, row, numbers)
            if counted:
                found["counted"] = sum(counted.layers[node][0] for node in row.nodes)
            yield found | (timed.numbers(row) if timed else {})


def _machine(timed: Timed) -> dict[str, Any]:
    """The machine that was given."""
    machine, rates = timed.machine, timed.rates
    return {
        "device": machine.device,
        "kind": machine.kind,
        "threads": machine.threads,
        "torch": machine.torch,
        "dtype": timed.dtype,
        "learned": list(rates.learned),
        "held_out": rates.held_out._asdict() if rates.held_out else None,
        "disturbed": rates.ceilings.disturbed,
    }


def as_counted(counted: Counted) -> dict[str, Any]:
    """What another tool counts in all, and by sort."""
    way = counted.convention
    named = {"name": way.name, "version": way.version, "unit": way.unit}
    return {**named, "total": counted.total, "by": dict(counted.by)}


def _input(graph: Graph) -> list[int] | dict[str, list[int]]:
    """The shape; of several inputs, or one with a name, the shapes by name."""
    shapes = {name: list(node.shape) for name, node in graph.inputs.items()}
    return shapes["input"] if list(shapes) == ["input"] else shapes


def _totals(numbers: NamedNumbers) -> dict[str, Any]:
    totals = numbers.summary.totals
    return {
        **_metrics(numbers.summary.whole, numbers),
        "stated": bool(numbers.summary.graph.stated),
        "ops": _sorts(numbers.summary.whole),
        "global": bool(totals.receptive and totals.receptive.everything),
        "at_most": bool(totals.receptive and totals.receptive.at_most),
    }


def _metrics(row: Row, numbers: NamedNumbers) -> dict[str, Any]:
    """Every number of a row by its name; a list of those that it has for each axis."""
    return {
        name: found if found is None else list(found) if metric.per_axis else found[0]
        for name, metric in METRICS.items()
        for found in (numbers.of(name, row),)
    }


def _layer(line: TableLine, row: Row, numbers: NamedNumbers) -> dict[str, Any]:
    return {"path": line.path, "kind": line.kind, **numbers_of(row, numbers)}


def numbers_of(row: Row, numbers: NamedNumbers) -> dict[str, Any]:
    """What is known of a layer, or of several together."""
    node = row.node
    return {
        "inputs": [list(shape) for shape in node.shapes],
        "reads": [source.path for source in node.inputs],
        "output": list(node.shape),
        **_metrics(row, numbers),
        "shares": node.shares.path if node.shares else None,
        "stated": row.stated,
        "ops": _sorts(row),
        "offset": [axis.offset for axis in row.receptive.axes] if row.receptive.axes else None,
        "global": row.receptive.everything,
        "misaligned": row.receptive.misaligned,
        "at_most": row.receptive.at_most,
        "file": node.span.source.name,
        "line": node.span.line,
    }


def _sorts(row: Row) -> dict[str, int | None]:
    """None where a layer states its numbers, and these are not among them."""
    counts = row.ops._asdict().items()
    return {name: None if row.stated else count for name, count in counts if name != "macs"}
