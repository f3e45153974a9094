"""`cnncalc weights map`: which tensor of a file each weight of a network may be."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.graphs import graph_of, is_model
from cnncalc.commands.options import UsageError, arguments, need_torch, shapes
from cnncalc.commands.output import check_free, put, tell
from cnncalc.commands.verify import NotVerifiedError, refusing

if TYPE_CHECKING:
    from cnncalc.network.graph import Graph
    from cnncalc.runtime.weights.map_proposal import MapProposal


def weights_map(
    ours: str,
    theirs: str,
    settings: list[str],
    inputs: Sequence[str] = (),
    output: str | None = None,
    force: bool = False,
) -> int:
    """Write the map, to standard output or a file; how sure it is goes to standard error. 1 where
    the spec has errors, or nothing is alike. Raises UsageError."""
    check_free(output, force)
    need_torch("weights map")
    graph = None
    if not _is_file(ours):
        graph = graph_of(ours, arguments(settings), shapes(inputs))
        if graph is None:
            return PROBLEMS
    try:
        found = _proposal(ours, graph, theirs)
    except NotVerifiedError as error:
        tell([str(error)])
        return PROBLEMS
    if not found.origins:
        tell([f"no weight of {ours} is like a tensor of {theirs}, by name, order or shape"])
        return PROBLEMS
    put(found.text(), output)
    tell(found.lines())
    return SOUND


def _is_file(name: str) -> bool:
    """Whether it is a file of weights, by its name: a spec may stand there, too."""
    from cnncalc.runtime.weights.weight_files import ENDINGS

    return name.endswith(ENDINGS) and os.path.isfile(name)


def _proposal(ours: str, graph: Graph | None, theirs: str) -> MapProposal:
    """Raises UsageError, NotVerifiedError."""
    from cnncalc.runtime.weights.map_proposal import by_shapes, shapes_of_graph

    if graph and is_model(theirs):
        return _of_model(graph, theirs)
    mine = shapes_of_graph(graph) if graph else _shapes(ours)
    return by_shapes(mine, _shapes(theirs), ours, theirs)


def _of_model(graph: Graph, name: str) -> MapProposal:
    from cnncalc.runtime.importing.against.original import original
    from cnncalc.runtime.importing.against.structure_map import map_to
    from cnncalc.runtime.lower import samples

    with refusing(name):
        return map_to(graph, original(name, {}, "", samples(graph), tell), name)


def _shapes(file: str) -> dict[str, tuple[int, ...]]:
    from cnncalc.runtime.reading import ReadError
    from cnncalc.runtime.weights.map_proposal import shapes_in

    try:
        return shapes_in(Path(file))
    except ReadError as error:
        raise UsageError(f"`{file}` {error}") from None
