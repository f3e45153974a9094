"""`cnncalc memory`: what training or inference takes, where, and what would fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.analysis.memory_use import ConditionError, Setup, Use, conditions_of, use
from cnncalc.analysis.small_device import OnSmallDevice, on_small_device
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import DEFINED, MEMORY, SMALL, load, show_each
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.options import UsageError, arguments, one_format, shapes
from cnncalc.commands.output import check_free, tell, write
from cnncalc.network.figures import size_in_bytes
from cnncalc.network.graph import Graph
from cnncalc.network.stated import StatedError

if TYPE_CHECKING:
    from cnncalc.analysis.conventions.other_memory import OtherMemory

SMALLEST = "int8"
"""Numbers of which a small device has one arena."""


def memory(
    specs: list[str],
    settings: list[str],
    wanted: Setup,
    fits: str | None = None,
    form: str = "text",
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
    definitions: bool = False,
) -> int:
    """Print the memory of every spec that is sound; 1 where one is not. Raises UsageError."""
    small = wanted.dtype == SMALLEST
    if definitions and (wanted != Setup(wanted.batch, devices=wanted.devices) or fits):
        raise UsageError("--definitions goes with --batch and --devices, and is of fp32")
    chosen = one_format(form, SMALL if small else DEFINED if definitions else MEMORY)
    if small and (fits or wanted.optimizer or wanted.batch > 1 or wanted.autocast):
        fact = "--dtype int8 is inference of one sample, without --fits and --autocast"
        raise UsageError(f"{fact}: add --inference")
    limit = _limit(fits) if fits else None
    overrides, given = arguments(settings), shapes(inputs)
    check_free(output, force)
    graphs = [graph for spec in specs if (graph := graph_of(spec, overrides, given))]
    found = (_found(graph, wanted, limit, definitions) for graph in graphs)
    uses = [use for use in found if use is not None]
    if output is None:
        show_each(chosen, uses)
    elif uses:
        render = load(chosen.renderer)
        write("\n".join(map(render, uses)) if chosen.each else render(uses), output)
    return SOUND if len(uses) == len(specs) else PROBLEMS


def _found(
    graph: Graph, wanted: Setup, limit: int | None, definitions: bool
) -> Use | OnSmallDevice | OtherMemory | None:
    """What is asked for; None, with the reason on standard error, where it is unknown. Raises
    UsageError."""
    try:
        if wanted.dtype == SMALLEST:
            return on_small_device(graph)
        if definitions:
            from cnncalc.analysis.conventions.other_memory import other_memory

            return other_memory(graph, wanted.batch, wanted.devices)
        return use(graph, conditions_of(graph, wanted), limit)
    except StatedError as error:
        tell([f"memory ?: {error}"])
        return None
    except ConditionError as error:
        raise UsageError(f"--{error}") from None


def _limit(text: str) -> int:
    found = size_in_bytes(text)
    if not found:
        raise UsageError(f"--fits wants a size, `24GiB` or `80GB`, got `{text}`")
    return found
