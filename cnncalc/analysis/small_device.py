"""A network on a small device: flash, and the arena of its activations, in two ways."""

from __future__ import annotations

from cnncalc.analysis.arena import Arena, least_arena, lite_arena
from cnncalc.analysis.flash import count_flash
from cnncalc.network.graph import Graph
from cnncalc.network.stated import need_known
from cnncalc.records import NamedTuple


class OnSmallDevice(NamedTuple):
    """Bytes of a network whose numbers are integers of 8 bits, for one sample.

    flash: of its weights; least: with everything in place that may be; lite: as TensorFlow Lite
    Micro runs it
    """

    graph: Graph
    flash: int
    least: Arena
    lite: Arena


def on_small_device(graph: Graph) -> OnSmallDevice:
    """What a network takes there. Raises StatedError."""
    need_known(graph, "whose memory is not known")
    flash = sum(count_flash(graph).values())
    return OnSmallDevice(graph, flash, least_arena(graph), lite_arena(graph))
