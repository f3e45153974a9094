"""The analysis as JSON: a contract that others build on; fields are added, never changed."""

from __future__ import annotations

from typing import Any

from cnncalc.analysis import Row, Summary
from cnncalc.analysis.flash import count_flash
from cnncalc.analysis.receptive import Receptive
from cnncalc.layers.base import Ops
from cnncalc.network.graph import Graph
from cnncalc.report.table.outline import TableLine
from cnncalc.report.table.table import Table
from cnncalc.text import json_document

VERSION = 1
"""Of the document: another where a field that was there is another or gone."""


def to_json(tables: list[Table]) -> str:
    """One document; for several specs a list of them."""
    documents = [_with_times(table) for table in tables]
    whole = documents[0] if len(documents) == 1 else documents
    return json_document(whole)


def _with_times(table: Table) -> dict[str, Any]:
    """With what it takes on a machine, where one was given."""
    found, timed = document(table.summary, table.lines), table.timed
    if timed:
        machine, rates = timed.machine, timed.rates
        found["machine"] = {
            "device": machine.device,
            "kind": machine.kind,
            "threads": machine.threads,
            "torch": machine.torch,
            "dtype": timed.dtype,
            "learned": list(rates.learned),
            "held_out": rates.held_out._asdict() if rates.held_out else None,
            "disturbed": rates.ceilings.disturbed,
        }
        found["totals"] |= timed.numbers(table.whole)
        rows = [line.row for line in table.lines if line.row]
        for layer, row in zip(found["layers"], rows, strict=True):
            layer |= timed.numbers(row)
    return found


def document(summary: Summary, lines: tuple[TableLine, ...]) -> dict[str, Any]:
    """The numbers of one network."""
    graph = summary.graph
    flash = count_flash(graph)
    return {
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
        "totals": {**_totals(summary), "flash": sum(flash.values())},
        "layers": [
            {**_layer(line, line.row), "flash": sum(flash[node] for node in line.row.nodes)}
            for line in lines
            if line.row
        ],
    }


def _input(graph: Graph) -> list[int] | dict[str, list[int]]:
    """The shape; of several inputs, or one with a name, the shapes by name."""
    shapes = {name: list(node.shape) for name, node in graph.inputs.items()}
    return shapes["input"] if list(shapes) == ["input"] else shapes


def _totals(summary: Summary) -> dict[str, Any]:
    totals = summary.totals
    return {
        "layers": totals.layers,
        "params": totals.params.total,
        "trainable": totals.params.trainable,
        "frozen": totals.params.frozen,
        "buffers": totals.params.buffers,
        "macs": totals.ops.macs,
        "flops": totals.ops.flops,
        "ops": _sorts(totals.ops),
        "activations": totals.activations,
        "weight_layers": totals.weight_layers,
        "receptive_field": _sizes(totals.receptive),
        "stride": _strides(totals.receptive),
        "at_most": bool(totals.receptive and totals.receptive.at_most),
    }


def _layer(line: TableLine, row: Row) -> dict[str, Any]:
    node = row.node
    return {
        "path": line.path,
        "kind": line.kind,
        "inputs": [list(shape) for shape in node.shapes],
        "reads": [source.path for source in node.inputs],
        "output": list(node.shape),
        "params": row.params.total,
        "trainable": row.params.trainable,
        "buffers": row.params.buffers,
        "shares": node.shares.path if node.shares else None,
        "macs": row.ops.macs,
        "flops": row.ops.flops,
        "ops": _sorts(row.ops),
        "activations": row.activations,
        "weight_layers": row.weight_layers,
        "receptive_field": _sizes(row.receptive),
        "stride": _strides(row.receptive),
        "offset": [axis.offset for axis in row.receptive.axes] if row.receptive.axes else None,
        "global": row.receptive.everything,
        "misaligned": row.receptive.misaligned,
        "at_most": row.receptive.at_most,
        "file": node.span.source.name,
        "line": node.span.line,
    }


def _sorts(ops: Ops) -> dict[str, int]:
    return {name: count for name, count in ops._asdict().items() if name != "macs"}


def _sizes(receptive: Receptive | None) -> list[int] | None:
    return [axis.size for axis in receptive.axes] if receptive and receptive.axes else None


def _strides(receptive: Receptive | None) -> list[float] | None:
    return [axis.stride for axis in receptive.axes] if receptive and receptive.axes else None
