"""What was measured of a network, as values: taken by the runtime, shown by the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from cnncalc.analysis.memory import Memory
from cnncalc.analysis.roofline import NOTHING, Least, Work, least
from cnncalc.analysis.summary import Summary
from cnncalc.machine import Ceilings
from cnncalc.network.graph import Node
from cnncalc.records import NamedTuple


class Timing(NamedTuple):
    """Seconds of several rounds: the median, and the quartiles around it."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Timing:
        """Of the rounds' seconds, at least one."""
        if len(seconds) < 2:
            return cls(seconds[0], seconds[0], seconds[0])
        low, _, high = quantiles(seconds, n=4, method="inclusive")
        return cls(median(seconds), low, high)


class Disturbance(NamedTuple):
    """What others did meanwhile.

    rounds: that count; repeated: that were measured again, since others used the processor in them;
    disturbed: of those that count, in which they did, too
    seconds: of all rounds; lost: of these, those for which others had the processor
    """

    rounds: int = 0
    repeated: int = 0
    disturbed: int = 0
    seconds: float = 0.0
    lost: float = 0.0

    def plus(self, other: Disturbance) -> Disturbance:
        """Both together."""
        return Disturbance(
            self.rounds + other.rounds,
            self.repeated + other.repeated,
            self.disturbed + other.disturbed,
            self.seconds + other.seconds,
            self.lost + other.lost,
        )

    @property
    def share(self) -> float:
        """Of all seconds, those for which others had the processor."""
        return self.lost / self.seconds if self.seconds else 0.0


class LayerTime(NamedTuple):
    """Seconds of a layer, and what it does in them.

    forward: of one pass; backward: until the layer before it begins, where it was measured
    device: of a GPU, without the time to launch what it runs
    flops, traffic: operations, and bytes read and written at least, in the forward pass
    work: what no way of computing it does without
    """

    forward: float
    backward: float | None
    flops: int
    traffic: int
    device: float | None = None
    work: Work = NOTHING

    def least(self, ceilings: Ceilings) -> Least:
        """The least seconds that computing, moving the bytes and starting take."""
        return least(self.work, ceilings)


class Setting(NamedTuple):
    """How it was measured.

    device: its name; threads: of a CPU; rounds: how often each was timed, after a warm-up
    graphed: whether each was a CUDA graph, started whole
    autocast: the type that autocast chose where it could, with weights of dtype
    cudnn_benchmark: whether cuDNN tried its kernels and took the fastest; None: not a GPU's matter
    """

    device: str
    kind: str
    torch: str
    batch: int
    dtype: str
    channels_last: bool
    compiled: bool
    rounds: int
    threads: int
    graphed: bool = False
    autocast: str | None = None
    cudnn_benchmark: bool | None = None


class Condition(NamedTuple):
    """Of a GPU, at one moment: MHz, watts, degrees Celsius, each None where it is not told.

    throttled: why its clocks are lower than they could be, by themselves; empty where they are not
    """

    clock: float | None
    clock_limit: float | None
    power: float | None
    power_limit: float | None
    temperature: float | None
    throttled: tuple[str, ...] | None


class Conditions(NamedTuple):
    """Before anything was measured, and behind all, with the network running."""

    before: Condition | None
    after: Condition | None


class Peak(NamedTuple):
    """Bytes of memory at the peak.

    requested: what tensors asked for; reserved: what the device's allocator held for it, with what
    it rounds up and the rests of blocks that it split (None: a CPU has none)
    """

    requested: int
    reserved: int | None


class Profile(NamedTuple):
    """A network measured.

    forward: the whole forward pass; step: forward, backward and a step of SGD with momentum
    layers: by node, none where they are fused; between: seconds of a forward pass in no layer
    measured_macs: what PyTorch's FlopCounterMode counts for one sample, halved
    inference_peak, training_peak: of memory, where it could be measured
    device_forward: the whole forward pass of a GPU without the time to launch it
    disturbance: of all rounds
    """

    summary: Summary
    setting: Setting
    ceilings: Ceilings
    forward: Timing
    step: Timing | None
    layers: Mapping[Node, LayerTime]
    between: float
    measured_macs: int
    measured_params: int
    predicted: Memory
    inference_peak: Peak | None
    training_peak: Peak | None
    device_forward: Timing | None = None
    conditions: Conditions = Conditions(None, None)
    disturbance: Disturbance = Disturbance()


class PairedTiming(NamedTuple):
    """Rounds of two networks in turn; ratio: of the second's seconds to the first's, round by
    round."""

    left: Timing
    right: Timing
    ratio: Timing


class MeasuredPair(NamedTuple):
    """Two networks measured in one run."""

    summaries: tuple[Summary, ...]
    setting: Setting
    forward: PairedTiming
    step: PairedTiming | None
