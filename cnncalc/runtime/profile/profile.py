"""A network measured: whole, layer by layer, and against what was computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import torch
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.analysis import Row, analyze
from cnncalc.analysis.measured import (
    Conditions,
    Disturbance,
    LayerTime,
    Peak,
    Profile,
    Setting,
    Timing,
)
from cnncalc.analysis.memory import memory
from cnncalc.analysis.roofline import Work, works
from cnncalc.analysis.traffic import traffic
from cnncalc.machine import Ceilings
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple
from cnncalc.runtime.exhaustion import fitting, ran_out
from cnncalc.runtime.lower import lower, samples
from cnncalc.runtime.profile.ceilings import ceilings
from cnncalc.runtime.profile.conditions import condition
from cnncalc.runtime.profile.device import Clock, Device, measuring
from cnncalc.runtime.profile.graphs import graphed
from cnncalc.runtime.profile.held import Hold
from cnncalc.runtime.profile.layers import LayerTimes, layer_times
from cnncalc.runtime.profile.network import Measured, measured
from cnncalc.runtime.profile.peak import peak
from cnncalc.runtime.profile.rounds import steady

Found = TypeVar("Found")


class Options(NamedTuple):
    """What is asked for.

    training: whether backward passes and steps are measured too
    graphed: whether each is recorded as a CUDA graph and started whole
    autocast: the type that autocast chooses where it can; weights stay what they are
    sized: whether a CPU's ceilings are measured by size, too
    state: the weights that it is measured with; None: some are drawn
    """

    batch: int = 1
    rounds: int = 20
    training: bool = True
    channels_last: bool = False
    compiled: bool = False
    trace: Path | None = None
    graphed: bool = False
    autocast: str | None = None
    sized: bool = False
    state: Mapping[str, torch.Tensor] | None = None

    @property
    def whole(self) -> bool:
        """Whether only the whole has times, and no layer."""
        return self.compiled or self.graphed


class DoesNotFitError(Exception):
    """The network does not fit into the device's memory. fits: a batch that does, 0 where none."""

    def __init__(self, batch: int, fits: int) -> None:
        super().__init__(batch, fits)
        self.batch = batch
        self.fits = fits


class UncompiledError(Exception):
    """torch.compile cannot compile the network here; the message is its own."""


def profile(
    graph: Graph, device: Device, options: Options, known: Ceilings | None = None
) -> Profile:
    """Measure a network; known: the device's ceilings, where they were measured before. Raises
    DoesNotFitError where the device's memory does not hold it, UnavailableError where others hold
    it all, UncompiledError and UngraphedError where the network was to be compiled or graphed and
    cannot be, OSError where the trace cannot be written."""
    with measuring(device):
        # first: its tensors must not lie beside the network's
        found = known or ceilings(_computing(device, options), options.channels_last, options.sized)
        return attempted(lambda: _profile(graph, device, options, found), [graph], device, options)


def _computing(device: Device, options: Options) -> Device:
    """The device with the numbers in which most is computed."""
    return device._replace(dtype=options.autocast) if options.autocast else device


def prepare(graph: Graph, device: Device, batch: int, options: Options) -> Measured:
    """The network as it is asked for."""
    compiled, last = options.compiled, options.channels_last
    return measured(graph, device, batch, last, compiled, options.autocast, options.state)


def attempted(
    action: Callable[[], Found], graphs: Sequence[Graph], device: Device, options: Options
) -> Found:
    """What an action returns. Raises DoesNotFitError and UncompiledError."""
    try:
        return action()
    except Exception as error:
        if not ran_out(error):
            if options.compiled:
                _explain(error)
            raise
    fits = fitting(options.batch, lambda batch: _run(graphs, device, batch, options))
    raise DoesNotFitError(options.batch, fits)


def _explain(error: Exception) -> None:
    """Raises UncompiledError if the error is that of torch.compile."""
    from torch._dynamo.exc import TorchDynamoException  # seconds: only where it was loaded anyway

    if isinstance(error, TorchDynamoException):
        lines = [line for line in str(error).splitlines() if not line.endswith("raised:")]
        raise UncompiledError(next(filter(None, lines), type(error).__name__)) from None


def _profile(graph: Graph, device: Device, options: Options, found: Ceilings) -> Profile:
    network = prepare(graph, device, options.batch, options)
    before = condition(device)
    forward, others = _timed(network.forward, device, options)
    alone = None if options.whole else _alone(network, device, options.rounds)
    inference = peak(device, network.forward, network.clear, _held(network))  # no momenta yet
    step = None
    if options.training:
        step, more = _timed(network.step, device, options)
        others = others.plus(more)
    layers = (
        LayerTimes({}, {}, 0.0, {})
        if options.whole
        else layer_times(network, device, options.rounds, options.training)
    )
    summary = analyze(graph, options.batch)
    width = _computing(device, options).type.itemsize
    after = condition(device, network.step if options.training else network.forward)
    network.clear()
    if options.trace:
        _trace(network, device, options)
    return Profile(
        summary,
        setting(device, options),
        found,
        forward,
        step,
        {} if options.whole else _layers(graph, summary.rows, layers, options.batch, width),
        layers.between,
        _macs(graph),
        sum(parameter.numel() for parameter in network.module.parameters()),
        memory(graph, options.batch, device.type.itemsize, options.autocast),
        inference,
        _peak_of_step(network, device) if options.training else None,
        alone,
        Conditions(before, after),
        others.plus(layers.others),
    )


def _timed(
    action: Callable[[], object], device: Device, options: Options
) -> tuple[Timing, Disturbance]:
    """A pass or a step, in the way that was asked for, and what others did meanwhile."""
    run = graphed(device, action) if options.graphed else action
    return timing(device, run, options.rounds)


def timing(
    device: Device,
    action: Callable[[], object],
    rounds: int,
    hold: Callable[[], object] | None = None,
) -> tuple[Timing, Disturbance]:
    """The time of an action once it is warm, each round behind a hold of the device, if any; and
    what others did meanwhile."""
    clock = Clock(device)
    warmed(clock, action)
    seconds, others = steady(device, lambda: clock.seconds(action, hold), rounds)
    return Timing.of(seconds), others


def warmed(clock: Clock, action: Callable[[], object]) -> int:
    """How many rounds it took until the last three were alike, or enough were run."""
    times: list[float] = []
    while len(times) < ALIKE or not (_alike(times[-ALIKE:]) or _enough(times)):
        times.append(clock.seconds(action))
    return len(times)


ALIKE = 3
APART = 1.05
"""So many rounds in turn, the longest of them at most so much longer than the shortest."""

ENOUGH = 20
ENOUGH_SECONDS = 1.0


def _alike(times: Sequence[float]) -> bool:
    return max(times) <= APART * min(times)


def _enough(times: Sequence[float]) -> bool:
    return len(times) >= ENOUGH or sum(times) >= ENOUGH_SECONDS


def _alone(network: Measured, device: Device, rounds: int) -> Timing | None:
    """A GPU's forward pass that lies in its queue before it begins."""
    if not device.cuda:
        return None
    return timing(device, network.forward, rounds, Hold(device, network.forward))[0]


def _layers(
    graph: Graph, rows: Sequence[Row], times: LayerTimes, batch: int, width: int
) -> dict[Node, LayerTime]:
    done = works(graph, batch, width)
    return {row.node: _layer(row, times, batch, width, done[row.node]) for row in rows}


def _layer(row: Row, times: LayerTimes, batch: int, width: int, done: Work) -> LayerTime:
    node = row.node
    bytes_moved = traffic(node, batch) * width
    forward, backward, alone = times.forward[node], times.backward.get(node), times.device.get(node)
    return LayerTime(forward, backward, row.ops.flops, bytes_moved, alone, done)


def _peak_of_step(network: Measured, device: Device) -> Peak | None:
    """Its momenta are there all the time."""
    states = network.optimizer.state.values()
    momenta = [v for state in states for v in state.values() if isinstance(v, torch.Tensor)]
    held = _held(network) + sum(map(_bytes, momenta))
    return peak(device, network.step, network.clear, held)


def _held(network: Measured) -> int:
    """Bytes of the weights and the inputs."""
    module = network.module
    return sum(map(_bytes, [*module.parameters(), *module.buffers(), *network.inputs]))


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _macs(graph: Graph) -> int:
    """What PyTorch counts for one sample, on the meta device, where nothing is computed."""
    network = lower(graph, device="meta").eval()
    with FlopCounterMode(display=False) as counter:
        network(*samples(graph, 1, "meta"))
    return int(counter.get_total_flops()) // 2


def setting(device: Device, options: Options) -> Setting:
    """How it is measured."""
    return Setting(
        device.name,
        device.torch_device.type,
        torch.__version__,
        options.batch,
        device.dtype,
        options.channels_last,
        options.compiled,
        options.rounds,
        torch.get_num_threads(),
        options.graphed,
        options.autocast,
        torch.backends.cudnn.benchmark if device.cuda else None,
    )


def _trace(network: Measured, device: Device, options: Options) -> None:
    """A pass or a step as PyTorch's profiler sees it, for Perfetto. Raises OSError."""
    activities = [torch.profiler.ProfilerActivity.CPU]
    if device.cuda:
        activities.append(torch.profiler.ProfilerActivity.CUDA)
    # acc_events: some versions warn of what comes of cycles without it, though there are none here
    with torch.profiler.profile(activities=activities, acc_events=True) as seen:
        (network.step if options.training else network.forward)()
        device.wait()
    assert options.trace
    options.trace.touch()  # says what is wrong with the path before the profiler crashes on it
    seen.export_chrome_trace(str(options.trace))


def _run(graphs: Sequence[Graph], device: Device, batch: int, options: Options) -> None:
    """The networks side by side, as they are measured: the second step finds its momenta there."""
    eager = options._replace(compiled=False)
    networks = [prepare(graph, device, batch, eager) for graph in graphs]
    for network in [*networks, *networks]:
        network.step() if options.training else network.forward()
    device.wait()
