"""A class as text: its constructor and its forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.graph import Graph
from cnncalc.layers.base import Shape, times
from cnncalc.lowering.classes import Class, is_block
from cnncalc.lowering.code import WIDTH, Chain, Expression, entries, literal, printed
from cnncalc.lowering.drawing import drawing
from cnncalc.lowering.forward import Line
from cnncalc.lowering.names import is_identifier, quotable
from cnncalc.lowering.parts import Part
from cnncalc.lowering.sharing import ties
from cnncalc.lowering.wrapping import wrapped


def definition(made: Class) -> str:
    """A class for parts of the network."""
    part = made.parts[0]
    name = part.kind if is_block(part) else part.path
    count = f", {len(made.parts)} times" if len(made.parts) > 1 else ""
    lines = [*_head(made, f"`{name}` of the spec{count}."), *wrapped(_signature(made), 4)]
    if made.base == "nn.Sequential":
        lines += _sequential(made)
        return "\n".join(lines)
    lines += ["        super().__init__()", *_modules(made)]
    gives = len(part.gives)
    result = "Tensor" if gives <= 1 else f"tuple[{', '.join(['Tensor'] * gives)}]"
    lines += ["", *_forward(made, result)]
    return "\n".join(lines)


def network(made: Class, root: Part, graph: Graph) -> str:
    """The class of the whole network."""
    arriving = ", ".join(_batch(node.shape) for node in graph.inputs.values())
    says = f"{quotable(graph.name)}: {arriving} to {_batch(graph.output.shape)}."
    lines = [*_head(made, says), *wrapped(_signature(made), 4), "        super().__init__()"]
    lines += _modules(made)
    lines += [line for statement in ties(root) for line in wrapped(statement, 8)]
    lines += ["        self.reset_parameters()", "", *drawing(graph), ""]
    lines += _forward(made, "dict[str, Tensor]" if graph.outputs else "Tensor")
    return "\n".join(lines)


def _batch(shape: Shape) -> str:
    return " x ".join(["N", *map(str, shape)])


def _head(made: Class, says: str) -> list[str]:
    return [f"class {made.name}({made.base}):", f'    """{says}"""', ""]


def _signature(made: Class) -> str:
    """The head of the constructor; what has a default comes last."""
    parameters = [f"{p.name}: {p.annotation}" for p in made.parameters if not p.default]
    parameters += [
        f"{p.name}: {p.annotation} = {literal(p.default[0])}" for p in made.parameters if p.default
    ]
    return f"def __init__({', '.join(['self', *parameters])}) -> None:"


def _modules(made: Class) -> Iterator[str]:
    """The assignments of the constructor."""
    for name, module in made.modules:
        if is_identifier(name):
            before = f"self.{name} = "
            yield f"        {before}{printed(module, 8, len(before))}"
        else:
            yield from _added(name, module)


def _added(name: str, module: Expression) -> Iterator[str]:
    """A module whose name cannot stand behind a dot."""
    before = f'self.add_module("{name}", '
    text = printed(module, 8, len(before), 1)
    if "\n" not in text:
        yield f"        {before}{text})"
        return
    yield from ("        self.add_module(", f'            "{name}",')
    yield f"            {printed(module, 12, 0, 1)},"
    yield "        )"


def _sequential(made: Class) -> Iterator[str]:
    """The constructor of what is a sequence of modules."""
    chain = Chain(tuple(m for _, m in made.modules), tuple(name for name, _ in made.modules))
    named = all(map(is_identifier, chain.names))
    yield "        super().__init__("
    yield f"            OrderedDict{'(' if named else '(['}"
    yield from entries(chain, 16)
    yield f"            {')' if named else '])'}"
    yield "        )"


def _forward(made: Class, result: str) -> Iterator[str]:
    arguments = "".join(f", {name}: Tensor" for name in made.inputs)
    yield from wrapped(f"def forward(self{arguments}) -> {result}:", 4)
    for line in made.lines:
        yield from _statement(line, len(made.parts) == 1)


def _statement(line: Line, alone: bool) -> Iterable[str]:
    """A line of `forward`; behind it, where the class is for one part alone, the shape."""
    text = wrapped(line.text, 8)
    comment = f"  # {times(line.node.shape)}" if alone and line.node else ""
    return [text[0] + comment] if len(text) == 1 and len(text[0] + comment) <= WIDTH else text
