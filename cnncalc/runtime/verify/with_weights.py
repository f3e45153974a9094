"""A network verified with the weights that a file has for it."""

from __future__ import annotations

from pathlib import Path

from cnncalc.layers.fields import counted
from cnncalc.network.graph import Graph
from cnncalc.runtime.lower import lower
from cnncalc.runtime.verify import verify
from cnncalc.runtime.weights.fitted_weights import Fitting, fitted, some
from cnncalc.stored_weights import MEANS
from cnncalc.verification import Check, Deviation, Verification


def verify_with(
    graph: Graph, file: Path, names: Path | None, device: str | None, field: bool
) -> Verification:
    """Whether the file has a tensor for each weight; and if so, all checks with them. names: a map.
    Raises UnfitError."""
    chosen = device or "cpu"
    network = lower(graph, device=chosen)
    found = fitted(network, file, names)
    check = _check(graph, found)
    if not found.fits:
        return Verification(graph.path, graph.name, chosen, (check,))
    found.put_into(network)
    verified = verify(graph, network, field=field)
    return verified._replace(checks=(check, *verified.checks))


def _check(graph: Graph, found: Fitting) -> Check:
    findings = tuple(
        Deviation(name, graph.path, "tensor", "one", why or "none in the file")
        for name, why in found.missing.items()
    )
    left = (f"not used of the file: {some(found.left)}",) if found.left else ()
    way_out = (found.way_out,) if found.way_out else ()
    compared = counted(found.found, "tensor")
    means = f"{found.file}, {found.means}" + (f", {MEANS}" if found.averaged else "")
    return Check("given weights", compared, means, findings, left + way_out)
