"""A Keras network as `model.to_json()` says it (Keras 1 to 3), as a Program.

Its axes become those of this language, channels first; behind a Flatten of a map the values of the
same vector thus stand in another order. Layers are called as the file says they are: one that is
called twice has its weights once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.building import UNKNOWN, Building
from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.formats.json_values import KerasSettings, listed, mapping, read_json
from cnncalc.importing.formats.keras_calls import CallOrder, Key
from cnncalc.importing.formats.keras_layers import LAYERS, Keras, channels_last
from cnncalc.importing.program import PassedTensor, Program, Sizes

NETWORKS = ("Sequential", "Functional", "Model")
DEEPEST = 16
MOST_CALLS = 50_000


def read_keras(text: str, file: str, asked: NetworkAsked) -> Program:
    """The network of a `.json`. Raises FormatError."""
    asked.without_settings("Keras")
    whole = mapping(read_json(text), "a network")
    config = _config(whole)
    name = str(config.get("name") or PurePath(file).stem)
    version = str(whole.get("keras_version", "2"))
    network = _Network(Keras(Building(name, file, "keras"), version), list(asked.inputs))
    outputs = network.run(whole, None, "", 0)
    several = len(outputs) > 1
    named = {f"output_{n}" if several else "output": each for n, each in enumerate(outputs)}
    found = {name: each for name, each in named.items() if each.sizes != UNKNOWN}
    return network.keras.building.program(found)


def _config(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of a network; those of Keras 1 are a list of its layers."""
    found = layer.get("config")
    return {"layers": found} if isinstance(found, list) else mapping(found, "`config`")


class _Network:
    """Networks, one within the other; `shapes`: of inputs, in place of those that the file says."""

    def __init__(self, keras: Keras, shapes: list[Sizes]) -> None:
        self.keras, self.shapes = keras, shapes
        self.calls = 0

    def run(
        self, network: Mapping[str, Any], seen: Sequence[PassedTensor] | None, path: str, depth: int
    ) -> list[PassedTensor]:
        """What a network gives of these tensors, or of inputs. Raises FormatError."""
        if depth > DEEPEST:
            raise FormatError(f"networks within networks, more than {DEEPEST} deep")
        config = _config(network)
        layers = [mapping(each, "a layer") for each in listed(config.get("layers"), "`layers`")]
        if not layers:
            raise FormatError("there are no layers")
        if network.get("class_name") == "Sequential":
            return self._in_a_row(config, layers, seen, path, depth)
        return self._by_name(config, layers, seen, path, depth)

    def _in_a_row(
        self,
        config: Mapping[str, Any],
        layers: Sequence[Mapping[str, Any]],
        seen: Sequence[PassedTensor] | None,
        path: str,
        depth: int,
    ) -> list[PassedTensor]:
        last = list(seen) if seen is not None else []
        for layer in layers:
            if layer.get("class_name") == "InputLayer":
                last = last or [self._input(layer)]
                continue
            last = last or [self._input(layer, config.get("build_input_shape"))]
            last = self._call(layer, last, path, depth)
        return last

    def _by_name(
        self,
        config: Mapping[str, Any],
        layers: Sequence[Mapping[str, Any]],
        seen: Sequence[PassedTensor] | None,
        path: str,
        depth: int,
    ) -> list[PassedTensor]:
        """Each layer as often as it is called, in an order in which it finds what it reads."""
        given: dict[Key, PassedTensor] = {}
        wanted = [*_references(config.get("input_layers"))]
        arriving = dict(zip(wanted, seen, strict=False)) if seen is not None else {}
        calls = CallOrder()
        for layer in layers:
            name = _name(layer)
            if layer.get("class_name") == "InputLayer":
                key = (name, 0, 0)
                given[key] = arriving[key] if key in arriving else self._input(layer)
            nodes = listed(
                layer.get("inbound_nodes", []), f"`inbound_nodes` of `{shortened(name)}`"
            )
            for place, node in enumerate(nodes):
                calls.add(layer, place, [*_references(node)])
        calls.give(given)
        for layer, place, sources in calls:
            made = self._call(layer, [given[each] for each in sources], path, depth)
            new = {(_name(layer), place, n): each for n, each in enumerate(made)}
            given |= new
            calls.give(new)
        if calls.unread:
            raise FormatError(f"`{shortened(_name(calls.unread[0]))}` reads what no layer gives")
        outputs = [*_references(config.get("output_layers"))]
        if not outputs or any(each not in given for each in outputs):
            raise FormatError("`output_layers` names what no layer gives")
        return [given[each] for each in outputs]

    def _input(self, layer: Mapping[str, Any], default: Any = None) -> PassedTensor:
        """An input, channels first. Raises FormatError where nothing says how large it is."""
        name, config = _name(layer), mapping(layer.get("config"), "`config`")
        if self.shapes:
            return self.keras.building.input(name, self.shapes.pop(0))
        found = config.get("batch_shape") or config.get("batch_input_shape") or default
        sizes = listed(found, f"the shape of `{shortened(name)}`")[1:]
        if not sizes or not all(type(size) is int and size > 0 for size in sizes):
            hint = "--input 3x224x224"
            raise FormatError(f"nothing says how large `{shortened(name)}` is", 0, hint)
        last = channels_last(KerasSettings(config, name))
        moved = sizes if not last or len(sizes) < 2 else [sizes[-1], *sizes[:-1]]
        return self.keras.building.input(name, moved)

    def _call(
        self, layer: Mapping[str, Any], seen: list[PassedTensor], path: str, depth: int
    ) -> list[PassedTensor]:
        """What a layer, or a network in its place, gives."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise FormatError(f"more than {MOST_CALLS:,} layers are called")
        kind, name = str(layer.get("class_name")), _name(layer)
        full = f"{path}.{name}" if path else name
        if kind in NETWORKS:
            return self.run(layer, seen, full, depth + 1)
        self.keras.building.enter(full, kind, 0)
        if any(each.sizes == UNKNOWN for each in seen):
            return [PassedTensor("", UNKNOWN)]
        function = LAYERS.get(kind)
        if function is None:
            return [self.keras.building.unsayable(kind, seen)]
        settings = KerasSettings(mapping(layer.get("config"), "`config`"), name)
        return [function(self.keras, settings, seen)]


def _name(layer: Mapping[str, Any]) -> str:
    config = layer.get("config")
    own = config.get("name") if isinstance(config, dict) else None
    return str(layer.get("name") or own or layer.get("class_name"))


def _references(value: Any) -> Iterator[Key]:
    """The tensors that are meant: layer, which of its calls, which of what it gives then. They
    stand as `[name, 0, 0]`, in Keras 3 as the `keras_history` of a tensor."""
    if isinstance(value, dict):
        history = value.get("config", {})
        if value.get("class_name") == "__keras_tensor__" and isinstance(history, dict):
            yield from _references(history.get("keras_history"))
        elif "args" in value:
            yield from _references(value["args"])
    elif isinstance(value, list):
        if len(value) in (3, 4) and isinstance(value[0], str):
            numbers = value[1:3]
            if all(type(each) is int for each in numbers):
                yield value[0], numbers[0], numbers[1]
        else:
            for each in value:
                yield from _references(each)
