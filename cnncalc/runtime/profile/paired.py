"""Two networks measured in turn, so that both meet the same noise."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.analysis import analyze
from cnncalc.analysis.measured import MeasuredPair, PairedTiming, Timing
from cnncalc.network.graph import Graph
from cnncalc.runtime.profile.device import Clock, Device, measuring
from cnncalc.runtime.profile.profile import Options, attempted, prepare, setting, warmed


def compared(left: Graph, right: Graph, device: Device, options: Options) -> MeasuredPair:
    """Rounds of one and of the other in turn, and the ratio of each pair of rounds. Raises
    DoesNotFitError where the device's memory does not hold both, and UncompiledError."""
    with measuring(device):
        return attempted(
            lambda: _compared(left, right, device, options), [left, right], device, options
        )


def _compared(left: Graph, right: Graph, device: Device, options: Options) -> MeasuredPair:
    one, other = (prepare(graph, device, options.batch, options) for graph in (left, right))
    forward = in_turn(device, one.forward, other.forward, options.rounds)
    step = None
    if options.training:
        step = in_turn(device, one.step, other.step, options.rounds)
    summaries = tuple(analyze(graph, options.batch) for graph in (left, right))
    return MeasuredPair(summaries, setting(device, options), forward, step)


def in_turn(
    device: Device, left: Callable[[], object], right: Callable[[], object], rounds: int
) -> PairedTiming:
    """The seconds of two actions in turn, once both are warm."""
    clock = Clock(device)
    for action in (left, right):
        warmed(clock, action)
    pairs = [(clock.seconds(left), clock.seconds(right)) for _ in range(rounds)]
    return PairedTiming(
        Timing.of([one for one, _ in pairs]),
        Timing.of([other for _, other in pairs]),
        Timing.of([other / one for one, other in pairs]),
    )
