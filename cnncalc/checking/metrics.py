"""The numbers that an expectation or a budget speaks of, by their names."""

from __future__ import annotations

from cnncalc.analysis.receptive import Receptive
from cnncalc.analysis.summary import Row, Totals

Value = tuple[int, ...]
"""One number, or one per axis."""


def count(metric: str, numbers: Row | Totals) -> int:
    """A number that is counted, of a layer, a group or the whole network."""
    match metric:
        case "layers":
            return numbers.layers
        case "params":
            return numbers.params.total
        case "trainable":
            return numbers.params.trainable
        case "frozen":
            return numbers.params.frozen
        case "buffers":
            return numbers.params.buffers
        case "macs":
            return numbers.ops.macs
        case "flops":
            return numbers.ops.flops
        case "weight_layers":
            return numbers.weight_layers
        case _:
            return numbers.activations


def field(receptive: Receptive | None) -> Value | None:
    """The size of a receptive field along each axis; None where it is not local, or there is no
    axis."""
    if receptive is None or not receptive.axes:
        return None
    return tuple(axis.size for axis in receptive.axes)
