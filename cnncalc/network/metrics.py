"""The numbers that layers and networks are measured by, each under one name: as a column, in
`expect`, as a budget, in JSON."""

from __future__ import annotations

from typing import Literal

from cnncalc.records import NamedTuple

Form = Literal["exact", "rounded", "bytes", "ratio", "sizes", "places"]
"""How one is written: to the last digit, or to four; as bytes; with decimals; one for each axis,
which of a place may be before the first."""


class Metric(NamedTuple):
    """A number of a layer, a part, a network.

    title: what the head of a table calls it
    adds: whether that of a part is the sum of its layers'
    bounds: which budgets it may have
    peaks: whether it is of a whole network at its peak, and goes by a batch
    """

    name: str
    title: str
    form: Form = "exact"
    adds: bool = True
    bounds: tuple[Literal["max", "min"], ...] = ("max",)
    peaks: bool = False

    @property
    def per_axis(self) -> bool:
        """Whether there is one for each axis."""
        return self.form in ("sizes", "places")


_METRICS = (
    Metric("layers", "layers"),
    Metric("params", "params"),
    Metric("trainable", "trainable"),
    Metric("frozen", "frozen"),
    Metric("buffers", "buffers"),
    Metric("macs", "MACs", "rounded"),
    Metric("flops", "FLOPs", "rounded"),
    Metric("activations", "activations"),
    Metric("macts", "macts", "rounded"),
    Metric("weight_layers", "weight layers", adds=False),
    Metric("size", "size", "bytes"),
    Metric("flash", "flash", "bytes"),
    Metric("bytes", "bytes", "bytes"),
    Metric("kept", "kept", "bytes", adds=False),
    Metric("alive", "alive", "bytes", adds=False),
    Metric("inference_memory", "inference", "bytes", adds=False, peaks=True),
    Metric("training_memory", "training", "bytes", adds=False, peaks=True),
    Metric("intensity", "FLOPs/byte", "ratio", adds=False, bounds=("min",)),
    Metric("receptive_field", "field", "sizes", adds=False, bounds=("max", "min")),
    Metric("stride", "stride", "sizes", adds=False),
    Metric("centre", "centre px", "places", adds=False, bounds=()),
)

METRICS = {metric.name: metric for metric in _METRICS}
