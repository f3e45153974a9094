"""Activations as timm publishes them: the outputs of convolutions, linear layers and matrix
products, those of attention too."""

from __future__ import annotations

from cnncalc.analysis.conventions.called import functions
from cnncalc.analysis.conventions.of_node import runs
from cnncalc.layers.base import Layer, Shape


def macts(layer: Layer, shapes: tuple[Shape, ...], batch: int = 1) -> int:
    """Of a layer that reads `shapes`."""
    every = (call for run in runs(layer, shapes, batch) for call in functions(run))
    return sum(call.made for call in every)
