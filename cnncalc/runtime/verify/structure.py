"""Each layer runs once, in its place, on the outputs that the spec says."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph, Node
from cnncalc.runtime.verify.matching import Ran
from cnncalc.runtime.verify.places import finding
from cnncalc.runtime.verify.trace import Trace, Traced, Value
from cnncalc.verification import Check, Deviation

MEANS = "hooks on modules, and the calls between them"


def check_structure(graph: Graph, trace: Trace, match: Ran) -> Check:
    """What runs, and what it reads."""
    values: dict[Node, Value] = {node: i for i, node in enumerate(graph.inputs.values())}
    values |= {node: seen.makes for node, seen in match.seen.items()}
    findings = [*_missing(match), *_reads(match, values), *_outputs(graph, trace, values)]
    findings += _rest(match)
    if trace.error:
        findings.insert(0, Deviation("", graph.path, "forward", "runs", trace.error))
    reads = sum(len(node.inputs) for node in match.seen)
    compared = f"{counted(len(match.seen), 'layer')}, {counted(reads, 'input')}"
    return Check("connections", compared, MEANS, tuple(findings))


def _missing(match: Ran) -> Iterator[Deviation]:
    for node, why in match.missing.items():
        yield finding(node, "runs", node.kind, why)


def _reads(match: Ran, values: dict[Node, Value]) -> Iterator[Deviation]:
    makers = {value: node.path for node, value in reversed(values.items())}
    for node, seen in match.seen.items():
        if any(source not in values for source in node.inputs):
            continue  # what it should read was not found, which is said
        if seen.reads != tuple(values[source] for source in node.inputs):
            read = ", ".join(makers.get(value, "what no layer makes") for value in seen.reads)
            wanted = ", ".join(makers[values[source]] for source in node.inputs)
            yield finding(node, "reads", wanted, read)


def _outputs(graph: Graph, trace: Trace, values: dict[Node, Value]) -> Iterator[Deviation]:
    if trace.error:
        return
    heads = graph.heads
    makers = {value: node.path for node, value in reversed(values.items())}
    for name, node in heads.items():
        given = trace.outputs.get(name)
        if given is None:
            yield finding(node, f"output `{name}`", node.path, "none of that name")
        elif node in values and given != values[node]:
            made = makers.get(given, "what no layer makes")
            yield finding(node, f"output `{name}`", node.path, made)
    for name in trace.outputs.keys() - heads.keys():
        yield Deviation("", graph.path, f"output `{name}`", "none of that name", "returned")


def _rest(match: Ran) -> Iterator[Deviation]:
    for call in match.rest:
        yield Deviation("", "", "runs", "nothing more", _called(call))


def _called(call: Traced) -> str:
    return f"`{call.name}` once more"
