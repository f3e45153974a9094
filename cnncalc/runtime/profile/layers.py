"""Time layer by layer: marks before and behind each module, on the device's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from cnncalc.analysis.measured import Disturbance
from cnncalc.lowering.initialisation import torch_form
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.records import NamedTuple
from cnncalc.runtime.profile.device import Clock, Device, Mark, elapsed
from cnncalc.runtime.profile.held import Hold
from cnncalc.runtime.profile.network import Measured
from cnncalc.runtime.profile.rounds import steady


class Passed(NamedTuple):
    """A layer's run: when it began, when it ended."""

    node: Node
    start: Mark
    end: Mark


class LayerTimes(NamedTuple):
    """Median seconds by layer; `between`: those of a forward pass in no layer.

    device: of a GPU that found all of the pass in its queue, so that no launch was waited for
    others: what they did meanwhile
    """

    forward: Mapping[Node, float]
    backward: Mapping[Node, float]
    between: float
    device: Mapping[Node, float]
    others: Disturbance = Disturbance()


def layer_times(network: Measured, device: Device, rounds: int, backward: bool) -> LayerTimes:
    """Each layer's time in the whole network, not by itself: its caches are as full as in use.

    Joins have no module: the time between two modules goes to the joins and paddings that run
    there.
    """
    with recorded(network.module, network.graph, device) as record:
        network.forward()
        forward, others = steady(device, lambda: record.forward(network.forward), rounds)
        hold = Hold(device, network.forward)
        alone = (
            [record.forward(network.forward, hold) for _ in range(rounds)] if hold.cycles else []
        )
        found: list[dict[Node, float]] = []
        if backward:
            found, more = steady(device, lambda: record.backward(network.step), rounds)
            others = others.plus(more)
    nodes = [node for node, _ in forward[0].items() if node is not None]
    return LayerTimes(
        {node: median(times[node] for times in forward) for node in nodes},
        {node: median(times[node] for times in found) for node in found[0]} if found else {},
        median(times[None] for times in forward),
        {node: median(times[node] for times in alone) for node in nodes} if alone else {},
        others,
    )


class Marks:
    """Marks of one pass at a time."""

    def __init__(self, graph: Graph, device: Device) -> None:
        self.graph = graph
        self.clock = Clock(device)
        self.place = {node: number for number, node in enumerate(graph.layers)}
        self.functions = {node for node in graph.layers if torch_form(node).is_function}
        self.passed: list[Passed] = []
        self.gradients: list[tuple[Node, Mark]] = []

    def forward(
        self, action: Callable[[], object], hold: Callable[[], object] | None = None
    ) -> dict[Node | None, float]:
        """Seconds by layer of a forward pass; under None those of no layer."""
        self.passed = []
        self.clock.again()
        if hold:
            hold()
        begin = self.clock.mark()
        action()
        end = self.clock.mark()
        self.clock.device.wait()
        times: dict[Node | None, float] = dict.fromkeys(self.graph.layers, 0.0)
        times[None] = 0.0
        before, latest = begin, None
        for run in self.passed:
            self.share(elapsed(before, run.start), latest, run.node, times)
            times[run.node] += elapsed(run.start, run.end)
            before, latest = run.end, run.node
        self.share(elapsed(before, end), latest, None, times)
        return times

    def share(
        self, gap: float, last: Node | None, following: Node | None, times: dict[Node | None, float]
    ) -> None:
        """Give the time between two modules to the layers without one that stand there."""
        start = self.place[last] + 1 if last else 0
        end = self.place[following] if following else len(self.graph.layers)
        silent: list[Node | None] = []
        silent += [n for n in self.graph.layers[start:end] if n in self.functions]
        if following and torch_form(following).before:
            silent.append(following)
        for node in silent or [None]:
            times[node] += gap / max(len(silent), 1)

    def backward(self, action: Callable[[], object]) -> dict[Node, float]:
        """Seconds by layer from when the gradient of its output is there until that of the next."""
        self.gradients = []
        self.clock.again()
        action()
        end = self.clock.mark()
        self.clock.device.wait()
        times: dict[Node, float] = dict.fromkeys(self.graph.layers, 0.0)
        ends = [mark for _, mark in self.gradients[1:]] + [end]
        for (node, start), following in zip(self.gradients, ends, strict=True):
            times[node] += elapsed(start, following)
        return times


@contextmanager
def recorded(module: nn.Module, graph: Graph, device: Device) -> Iterator[Marks]:
    """A recorder whose marks the modules set while it is open."""
    recorder = Marks(graph, device)
    queues: dict[nn.Module, list[Node]] = {}
    for node in graph.layers:
        found = _module(module, node)
        if found is not None:
            queues.setdefault(found, []).append(node)
    hooks: list[RemovableHandle] = []
    for found, nodes in queues.items():
        hooks += _hooked(found, nodes, recorder)
    try:
        yield recorder
    finally:
        for hook in hooks:
            hook.remove()


def _module(network: nn.Module, node: Node) -> nn.Module | None:
    """The module of a layer; None where it has none."""
    if torch_form(node).is_function:
        return None
    try:
        return network.get_submodule(module_path(node.path))
    except AttributeError:
        return None  # it passes its input on


def _hooked(module: nn.Module, nodes: list[Node], recorder: Marks) -> Iterable[RemovableHandle]:
    """The hooks of a module; one that several layers share runs for each in turn."""
    runs = 0
    starts: list[Mark] = []

    def before(_module: nn.Module, _inputs: object) -> None:
        starts.append(recorder.clock.mark())

    def behind(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        nonlocal runs
        node = nodes[runs % len(nodes)]
        runs += 1
        recorder.passed.append(Passed(node, starts.pop(), recorder.clock.mark()))
        if output.requires_grad:
            output.register_hook(lambda _: _gradient(recorder, node))  # type: ignore[no-untyped-call]

    return module.register_forward_pre_hook(before), module.register_forward_hook(behind)


def _gradient(recorder: Marks, node: Node) -> None:
    recorder.gradients.append((node, recorder.clock.mark()))
