"""The weights of a network, as its transformed form has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from cnncalc.layers.base import Weight, times
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import module_path
from cnncalc.transform import Transformed
from cnncalc.transform.match import Counterpart

SHOWN = 3
"""Names that a message lists."""

State = dict[str, Tensor]


class WeightsError(Exception):
    """A file does not hold the weights of the network; the message says what it holds."""


def converted(transformed: Transformed, state: Mapping[str, Tensor]) -> State:
    """The state of the lowered transformed network that computes what the original does with
    `state`, in evaluation mode. Raises WeightsError where `state` is not the original's."""
    check(transformed.old, state)
    found: State = {}
    for match in transformed.matches:
        for weight in match.new.weights:
            name = key(match.new, weight)
            given = _folded(match, weight, state) if match.norm else state[key(match.old, weight)]
            found[name] = given.reshape(weight.shape)
    return found


def key(node: Node, weight: Weight) -> str:
    """What the state calls a weight."""
    return f"{module_path(node.path)}.{weight.name}"


# -- batch normalisation --------------------------------------------------------------------


def _folded(match: Counterpart, weight: Weight, state: Mapping[str, Tensor]) -> Tensor:
    """The weight of a layer times the scale of the batch norm behind it, or its bias with the
    shift: w gamma/sqrt(var + eps), and (b - mean) gamma/sqrt(var + eps) + beta. Reckoned in double
    precision."""
    assert match.norm
    scale, shift = _scale_and_shift(match.norm, state)
    path = module_path(match.old.path)
    if weight.name == "bias":
        bias = state.get(f"{path}.bias")
        like = state[_first_weight(match.old)]
        return (shift if bias is None else bias.double() * scale + shift).to(like.dtype)
    given = state[f"{path}.{weight.name}"]
    if weight.name.endswith("original1"):
        return given  # under weight norm the direction stays, the length is scaled
    return (given.double() * _per_filter(match.old, given, scale)).to(given.dtype)


def _first_weight(node: Node) -> str:
    return key(node, next(weight for weight in node.weights if weight.name != "bias"))


def _scale_and_shift(norm: Node, state: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Per channel: gamma/sqrt(var + eps), and beta - mean gamma/sqrt(var + eps)."""
    path = module_path(norm.path)
    assert norm.layer
    mean, variance = (state[f"{path}.running_{name}"].double() for name in ("mean", "var"))
    gamma = state.get(f"{path}.weight", torch.ones_like(mean)).double()
    beta = state.get(f"{path}.bias", torch.zeros_like(mean)).double()
    scale = gamma / torch.sqrt(variance + norm.layer.values()["eps"])
    return scale, beta - mean * scale


def _per_filter(node: Node, weight: Tensor, scale: Tensor) -> Tensor:
    """The scale of each filter, in the shape in which it multiplies the weight."""
    assert node.layer
    fields = node.layer.values()
    behind = (1,) * (weight.dim() - 1)
    if fields.get("table") is not None:
        counts = torch.tensor([len(row) for row in fields["table"]], device=scale.device)
        return scale.repeat_interleave(counts).view(-1, *behind)
    if not node.layer.inputs_first:
        return scale.view(-1, *behind)
    # inputs first, and behind them the filters of the input's own group
    groups: int = fields["groups"]
    each = scale.view(groups, 1, -1).expand(groups, weight.shape[0] // groups, -1)
    return each.reshape(weight.shape[0], -1, *behind[1:])


# -- files ----------------------------------------------------------------------------------


def check(graph: Graph, state: Mapping[str, Tensor]) -> None:
    """Raises WeightsError unless `state` has the weights of the lowered network, and no others."""
    wanted = {key(node, weight): weight.shape for node in graph.layers for weight in node.weights}
    missing = [name for name in wanted if name not in state]
    unknown = [name for name in state if name not in wanted]
    if missing or unknown:
        parts = [_named("lacks", missing), _named("has", unknown)]
        raise WeightsError(f"it {', and '.join(filter(None, parts))}")
    for name, shape in wanted.items():
        if tuple(state[name].shape) != shape:
            given = times(state[name].shape) or "a number"
            raise WeightsError(f"its `{name}` is {given}, the spec's {times(shape) or 'a number'}")


def _named(verb: str, names: list[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(f"`{name}`" for name in names[:SHOWN])
    rest = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    what = " that the spec has" if verb == "lacks" else " that the spec does not have"
    return f"{verb} {shown}{rest}{what}"


def write_state(state: State, file: Path) -> None:
    """A file that `load_state_dict(torch.load(file))` reads."""
    torch.save(state, file)
