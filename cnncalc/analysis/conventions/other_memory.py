"""What other tools call the memory of a network: each as the tool computes it, in fp32."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import prod

from cnncalc.analysis.conventions.called import PARTED, Module, modules
from cnncalc.analysis.conventions.of_node import runs
from cnncalc.analysis.conventions.shared_places import first_of
from cnncalc.analysis.memory import weights_of
from cnncalc.analysis.memory_use import Setup, conditions_of, use
from cnncalc.layers.base import Weight
from cnncalc.network.graph import Graph, Node
from cnncalc.network.stated import need_known
from cnncalc.records import NamedTuple

FP32 = 4
INDEX = 8
"""Bytes of a number, and of an index."""

OBJECT = 64
"""Bytes of Python's object around the numbers of a tensor, which torchinfo adds to inputs."""


class Defined(NamedTuple):
    """A figure of a tool: its name there, bytes, and what it is."""

    name: str
    size: int
    means: str


class ToolMemory(NamedTuple):
    """What a tool says of a network.

    version: that it was held against, empty of ours
    why: what is otherwise than in a count of what lives
    """

    tool: str
    version: str
    why: str
    figures: tuple[Defined, ...]


class OtherMemory(NamedTuple):
    """A network, and what every tool says of its memory, ours the first.

    batch: samples, where a tool looks at what the network makes
    devices: that train together, where a tool shares weights out to them
    """

    graph: Graph
    batch: int
    devices: int
    definitions: tuple[ToolMemory, ...]


def other_memory(graph: Graph, batch: int = 1, devices: int = 1) -> OtherMemory:
    """By every tool. Raises StatedError."""
    need_known(graph, "whose memory is not known")
    called = {node: _modules(node, batch) for node in graph.layers}
    found = (
        _ours(graph, batch, devices),
        _torchinfo(graph, batch, called),
        _accelerate(graph, called),
        _deepspeed(graph, devices),
        _convnet_burden(graph, batch),
    )
    return OtherMemory(graph, batch, devices, found)


def _ours(graph: Graph, batch: int, devices: int) -> ToolMemory:
    runs_once = use(graph, conditions_of(graph, Setup(batch, None, "fp32")))
    plain = Setup(batch, "adam", "fp32", devices, ("none",), None, ema=False, accumulate=False)
    trains = use(graph, conditions_of(graph, plain))
    figures = (
        Defined("peak, inference", runs_once.total, "the most alive at once"),
        Defined("peak, training with adam", trains.total, "the most alive at once"),
    )
    return ToolMemory("cnncalc", "", "", figures)


# -- torchinfo ------------------------------------------------------------------------------

Called = dict[Node, tuple[Module, ...]]


def _modules(node: Node, batch: int) -> tuple[Module, ...]:
    assert node.layer
    return tuple(each for run in runs(node.layer, node.shapes, batch) for each in modules(run))


def _torchinfo(graph: Graph, batch: int, called: Called) -> ToolMemory:
    """Of modules that hold no others."""
    leaves = [(node, m) for node, found in called.items() for m in found if not m.holds]
    read = sum(_arriving(graph, batch)) + OBJECT * len(graph.inputs)
    made = sum(2 * FP32 * prod(module.gives) for _, module in leaves if module.params)
    held = sum(_bytes(module.params) for node, module in leaves if first_of(node) is node)
    figures = (
        Defined("Input size", read, "what it reads"),
        Defined("Forward/backward pass size", made, "twice what modules with weights make"),
        Defined("Params size", held, "weights, no buffers"),
        Defined("Estimated Total Size", read + made + held, "the three together"),
    )
    why = (
        "nothing is freed; gradients of activations, but none of weights, and no optimizer; "
        "what modules without weights and joins make is left out"
    )
    return ToolMemory("torchinfo", "1.8.0", why, figures)


def _arriving(graph: Graph, batch: int) -> Iterator[int]:
    """The bytes of each input."""
    looking = [node for node in graph.layers if node.layer and node.layer.indices]
    indices = {source for node in looking for source in node.inputs}
    for node in graph.inputs.values():
        yield prod(node.shape) * batch * (INDEX if node in indices else FP32)


def _bytes(weights: Iterable[Weight]) -> int:
    return sum(weight.size * (weight.width or FP32) for weight in weights)


# -- accelerate, DeepSpeed ------------------------------------------------------------------


def _accelerate(graph: Graph, called: Called) -> ToolMemory:
    """`estimate-memory` in float32."""
    total = weights_of(graph, FP32)
    sizes = (size for node, found in called.items() for size in _undivided(node, found))
    figures = (
        Defined("Largest Layer", max(sizes, default=0), "weights and buffers of one module"),
        Defined("Total Size", total, "weights and buffers of all"),
        Defined("Training using Adam", 4 * total, "four times that"),
    )
    why = (
        "no activations; gradients and states of buffers, too; a layer is a module that "
        "holds no others, so that weights beside others are in none"
    )
    return ToolMemory("accelerate", "1.15.0", why, figures)


def _undivided(node: Node, called: tuple[Module, ...]) -> Iterator[int]:
    """The modules in that of a layer which hold no others."""
    for place, weights in _places(node).items():
        holds = place.count(".") == 1 if place.startswith(PARTED) else not place and called[0].holds
        if not holds:
            yield _bytes(weights)


def _deepspeed(graph: Graph, devices: int) -> ToolMemory:
    """`estimate_zero2_model_states_mem_needs` and that of ZeRO 3, without offload."""
    places = [found for node in graph.layers for found in _places(node).values()]
    sizes = [sum(weight.size for weight in found if not weight.buffer) for found in places]
    total, largest = sum(sizes), max(sizes, default=0)
    shared = int(18 * total / devices)
    figures = (
        Defined("ZeRO 2, per GPU", 2 * total + shared, "2 bytes a weight, 18 shared out"),
        Defined("ZeRO 3, per GPU", 4 * largest + shared, "18 shared out, 4 of the largest module"),
    )
    why = (
        "mixed precision: weights and gradients of 2 bytes, copies of both of 4, two states of "
        "4 each; no activations, no buffers"
    )
    return ToolMemory("deepspeed", "0.19.8", why, figures)


def _places(node: Node) -> dict[str, list[Weight]]:
    """The weights of each module in that of a layer, by its name there; empty of that itself."""
    found: dict[str, list[Weight]] = defaultdict(list)
    for weight in node.own:
        found[weight.name.rpartition(".")[0]].append(weight)
    return found


# -- convnet-burden -------------------------------------------------------------------------


def _convnet_burden(graph: Graph, batch: int) -> ToolMemory:
    """Of MatConvNet's network: moments of a norm are parameters there, and a ReLU writes over what
    it reads."""
    weights = [weight for node in graph.layers for weight in node.own if not weight.width]
    made = FP32 * batch * sum(prod(node.shape) for node in graph.layers if not _in_place(node))
    figures = (
        Defined("param mem", _bytes(weights), "weights, means and variances"),
        Defined("feat. mem", made, "what layers make, ReLUs in place"),
    )
    why = "inference, and nothing is freed; no input"
    return ToolMemory("convnet-burden", "9c7f31b", why, figures)


def _in_place(node: Node) -> bool:
    """Whether a layer makes nothing there: it shows what it reads otherwise, or is a ReLU."""
    assert node.layer
    return node.layer.view or node.layer.torch(*node.shapes).name == "nn.ReLU"
