"""Parts as classes: one for all parts that are built alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnncalc.layers import LAYERS
from cnncalc.lowering.code import Call, Chain, Expression, Name, Value, form, values, with_values
from cnncalc.lowering.constructors import expression
from cnncalc.lowering.forward import Line, lines
from cnncalc.lowering.library import pieces
from cnncalc.lowering.parameters import Column, Parameter, parametrised
from cnncalc.network.graph import Graph, Node
from cnncalc.network.names import IMPORTED, ClassNames, class_name
from cnncalc.network.parts import Part
from cnncalc.network.plan import plan
from cnncalc.records import NamedTuple

UNNAMED = frozenset(["", "branch", "layers", "output"])
"""What groups are called as that are no blocks."""

IDENTITY = Call(Name("nn.Identity"))


class PartClass(NamedTuple):
    """A class of the source.

    base: `nn.Module`, or `nn.Sequential`, which has no forward of its own
    modules: its children and their constructors
    inputs, lines: of its forward
    parts: those it is for
    """

    name: str
    base: str
    parameters: tuple[Parameter, ...]
    modules: tuple[tuple[str, Expression], ...]
    inputs: tuple[str, ...]
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]


class _Lowered(NamedTuple):
    part: Part
    base: str
    modules: tuple[tuple[str, Expression], ...]
    arriving: tuple[Node, ...]
    inputs: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def key(self) -> Any:
        """Alike for parts that one class can be for."""
        modules = tuple((name, form(module)) for name, module in self.modules)
        lines = tuple(line.statement for line in self.lines)
        return _title(self.part), self.base, modules, self.inputs, lines


def network_name(graph: Graph) -> str:
    """The name of the class of the whole network."""
    return ClassNames((*IMPORTED, *pieces())).free(class_name(graph.name))


def classes(root: Part, graph: Graph) -> list[PartClass]:
    """The classes of a network, those first that others use; the last is the network itself."""
    found: list[PartClass] = []
    names = ClassNames((*IMPORTED, *pieces(), network_name(graph)))
    modules: dict[Part, Expression | None] = {}
    for floor in _floors(root)[:-1]:
        drafts: dict[Any, list[_Lowered]] = {}
        for part in floor:
            if is_class(part):
                draft = _draft(part, modules)
                drafts.setdefault(draft.key, []).append(draft)
            else:
                modules[part] = _module(part, modules)
        for alike in drafts.values():
            made, calls = _class(alike, names)
            found.append(made)
            modules.update(zip(made.parts, calls, strict=True))
    heads = graph.heads
    whole = plan(root, graph.inputs, heads)
    children = _children(root, modules)
    name = network_name(graph)
    found.append(
        PartClass(name, "nn.Module", (), children, whole.takes, lines(whole, heads), (root,))
    )
    return found


def is_class(part: Part) -> bool:
    """Whether a part has a class of its own: a block, or what needs code."""
    if part.node or part.wire or part.numbered:
        return False
    return not part.chain or is_block(part)


def is_block(part: Part) -> bool:
    """Whether a part is a block of the spec."""
    return part.kind not in UNNAMED and part.kind not in LAYERS


def _title(part: Part) -> str:
    if is_block(part):
        return part.kind
    names = part.path.split(".")
    return next((name for name in reversed(names) if not name.isdecimal()), names[-1])


def _module(part: Part, modules: Mapping[Part, Expression | None]) -> Expression | None:
    """The module of a part without a class; None where there is none."""
    if part.form and part.node:
        if part.function:
            return None
        frozen = part.node.frozen and bool(part.node.weights)
        return expression(part.form, frozen)
    if part.wire:
        return None
    if part.numbered:
        function = "nn.Sequential" if part.chain else "nn.ModuleList"
        return Chain(tuple(modules[c] or IDENTITY for c in part.children), (), function)
    children = _children(part, modules)
    return Chain(tuple(module for _, module in children), tuple(name for name, _ in children))


def _children(
    part: Part, modules: Mapping[Part, Expression | None]
) -> tuple[tuple[str, Expression], ...]:
    """The children that are modules; what only passes on is none."""
    return tuple(
        (child.name, module)
        for child in part.children
        if not child.wire and (module := modules[child]) is not None
    )


def _draft(part: Part, modules: Mapping[Part, Expression | None]) -> _Lowered:
    children = _children(part, modules)
    if part.chain:
        return _Lowered(part, "nn.Sequential", children, part.takes)
    own = plan(part)
    return _Lowered(part, "nn.Module", children, own.arriving, own.takes, lines(own))


def _class(alike: list[_Lowered], names: ClassNames) -> tuple[PartClass, list[Expression]]:
    """The class of parts that are built alike, and what each of them calls."""
    first = alike[0]
    written, parameters = parametrised(_slots(alike), _known(alike), _arriving(alike), names.taken)
    new = iter(written)
    modules = tuple((name, with_values(module, new)) for name, module in first.modules)
    name = names.free(class_name(_title(first.part)))
    parts = tuple(draft.part for draft in alike)
    made = PartClass(name, first.base, tuple(parameters), modules, first.inputs, first.lines, parts)
    return made, [_call(made, number) for number in range(len(alike))]


def _slots(alike: list[_Lowered]) -> list[tuple[str, Column]]:
    """The values of a class, each with those of all its parts."""
    rows = [[v for _, module in draft.modules for v in values(module)] for draft in alike]
    return [(cells[0][0], tuple(value for _, value in cells)) for cells in zip(*rows, strict=True)]


def _known(alike: list[_Lowered]) -> dict[str, Column]:
    """What the spec calls values of the parts, by name."""
    first = alike[0].part.arguments
    return {
        name: tuple(draft.part.arguments[name] for draft in alike)
        for name in first
        if all(_is_value(draft.part.arguments.get(name)) for draft in alike)
    }


def _is_value(value: object) -> bool:
    """Whether an argument is a number or a list, and no layers."""
    if isinstance(value, tuple):
        return not any(isinstance(part, Node) for part in value)
    return isinstance(value, int | float)


def _arriving(alike: list[_Lowered]) -> dict[str, Column]:
    """The channels of what the parts read, by name."""
    inputs = alike[0].inputs or ("x",)
    names = ["in_channels" if name == "x" else f"{name}_channels" for name in inputs]
    return {
        name: tuple(draft.arriving[place].shape[0] for draft in alike)
        for place, name in enumerate(names)
    }


def _call(made: PartClass, number: int) -> Expression:
    """The construction of one of the parts of a class."""
    given = [(p.name, Value(p.column[number])) for p in made.parameters]
    plain = sum(not p.default for p in made.parameters[:2])
    positional = tuple(value for _, value in given[:plain])
    defaults = tuple((p.name, p.default[0]) for p in made.parameters if p.default)
    return Call(Name(made.name), positional, tuple(given[plain:]), defaults)


def _floors(root: Part) -> list[list[Part]]:
    """All parts, those that hold no others first, then those that hold these, and so on; on each
    floor from left to right. The root is alone on the last."""
    floors: list[list[Part]] = []

    def visit(part: Part) -> int:
        height = 1 + max([visit(child) for child in part.children], default=-1)
        floors.extend([] for _ in range(len(floors), height + 1))
        floors[height].append(part)
        return height

    visit(root)
    return floors
