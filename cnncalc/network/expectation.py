"""What must hold of a network, each expectation an interval of allowed values."""

from __future__ import annotations

from typing import Literal

from cnncalc.diagnostics import Span
from cnncalc.network.metrics import METRICS
from cnncalc.records import NamedTuple

Optimizer = Literal["sgd", "momentum", "adam", "adamw"]
"""Those whose memory is known."""

EXPECTED = (*METRICS, "output")
"""What an expectation may speak of."""


class Expectation(NamedTuple):
    """One thing that must hold.

    layer: the path of the layer it speaks of, empty for the whole network; `named`: where it is
        written
    text: as it is written; empty, a blank that somebody has yet to fill in
    low, high: the value must be between them, both included; None: no bound
    shape: for `output`, the sizes
    batch, optimizer: for the peak of memory; unless written, one sample, without momentum
    """

    metric: str
    layer: str
    text: str
    span: Span
    low: float | None = None
    high: float | None = None
    shape: tuple[int, ...] | None = None
    named: Span | None = None
    batch: int = 1
    optimizer: Optimizer = "sgd"

    def allows(self, value: tuple[float, ...]) -> bool:
        """Whether a value is what is expected: a shape, or numbers of which each must hold."""
        if self.shape:
            return value == self.shape
        low, high = self.low, self.high
        return all((low is None or low <= n) and (high is None or n <= high) for n in value)
