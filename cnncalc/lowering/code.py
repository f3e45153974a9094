"""Expressions of the source as values, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Union

from cnncalc.lowering.names import is_identifier

WIDTH = 88
"""The longest line, as ruff and Black have it."""


class Value(NamedTuple):
    """A number, truth, word or tuple."""

    value: Any


class Name(NamedTuple):
    """A parameter of the constructor it stands in, or a product of one: `4 * planes`."""

    text: str


class Call(NamedTuple):
    """`nn.Conv2d(64, 128, 3, stride=2)`, or an object of a class of the source.

    defaults: keywords that need not be written when they have that value
    suffix: what follows it, `.requires_grad_(False)`
    """

    function: str
    positional: tuple[Expression, ...] = ()
    keywords: tuple[tuple[str, Expression], ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    suffix: str = ""


class Chain(NamedTuple):
    """An `nn.Sequential`, or the entries of one.

    names: of its modules; none: they are numbered
    """

    modules: tuple[Expression, ...]
    names: tuple[str, ...] = ()
    function: str = "nn.Sequential"


Expression = Union[Value, Name, Call, Chain]  # noqa: UP007 (it refers to itself)


# -- what stands in an expression --------------------------------------------------------------


def values(expression: Expression, keyword: str = "") -> Iterator[tuple[str, Any]]:
    """The values in an expression from left to right, each with the keyword it is given for."""
    if isinstance(expression, Value):
        yield keyword, expression.value
    elif isinstance(expression, Chain):
        for module in expression.modules:
            yield from values(module)
    elif isinstance(expression, Call):
        for value in expression.positional:
            yield from values(value)
        for name, value in expression.keywords:
            yield from values(value, name)


def form(expression: Expression) -> Any:
    """The expression without its values: alike for those that differ by values alone."""
    if isinstance(expression, Value):
        return None
    if isinstance(expression, Chain):
        return expression.function, expression.names, tuple(map(form, expression.modules))
    if isinstance(expression, Call):
        keywords = tuple((name, form(value)) for name, value in expression.keywords)
        positional = tuple(map(form, expression.positional))
        return expression.function, positional, keywords, expression.suffix
    return expression


def with_values(expression: Expression, new: Iterator[Expression]) -> Expression:
    """The expression with other values, from left to right."""
    if isinstance(expression, Value):
        return next(new)
    if isinstance(expression, Chain):
        modules = tuple([with_values(module, new) for module in expression.modules])
        return expression._replace(modules=modules)
    if isinstance(expression, Call):
        positional = tuple([with_values(value, new) for value in expression.positional])
        keywords = tuple([(name, with_values(v, new)) for name, v in expression.keywords])
        return expression._replace(positional=positional, keywords=keywords)
    return expression


# -- printing ----------------------------------------------------------------------------------


def literal(value: Any) -> str:
    """A value as Python writes it."""
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def printed(expression: Expression, indent: int, before: int = 0, after: int = 0) -> str:
    """An expression, over several lines where it is too long for one.

    indent: of the line it begins in; before, after: characters of that line around it
    """
    flat = _flat(expression)
    if indent + before + len(flat) + after <= WIDTH and "\n" not in flat:
        return flat
    if isinstance(expression, Value) and isinstance(expression.value, tuple):
        items = [("", Value(item)) for item in expression.value]
        return _broken("", items, indent)
    if isinstance(expression, Call):
        arguments = [(f"{name}=" if name else "", value) for name, value in _arguments(expression)]
        if not arguments:
            return flat
        return _broken(expression.function, arguments, indent) + expression.suffix
    if isinstance(expression, Chain):
        return _broken_chain(expression, indent)
    return flat


def _flat(expression: Expression) -> str:
    if isinstance(expression, Value):
        return literal(expression.value)
    if isinstance(expression, Name):
        return expression.text
    if isinstance(expression, Call):
        inner = ", ".join(
            f"{name}={_flat(value)}" if name else _flat(value)
            for name, value in _arguments(expression)
        )
        return f"{expression.function}({inner}){expression.suffix}"
    runs = _runs(expression)
    if expression.names:
        return "\n"  # one line for each module
    if expression.function == "nn.ModuleList":
        return f"nn.ModuleList([{', '.join(_run(module, count) for module, count in runs)}])"
    return f"{expression.function}({', '.join(_run(module, count) for module, count in runs)})"


def _arguments(call: Call) -> list[tuple[str, Expression]]:
    defaults = dict(call.defaults)
    return [("", value) for value in call.positional] + [
        (name, value)
        for name, value in call.keywords
        if not (isinstance(value, Value) and name in defaults and value.value == defaults[name])
    ]


def _runs(chain: Chain) -> list[tuple[Expression, int]]:
    """Numbered modules, equal neighbours together."""
    runs: list[tuple[Expression, int]] = []
    for module in chain.modules:
        if runs and runs[-1][0] == module:
            runs[-1] = module, runs[-1][1] + 1
        else:
            runs.append((module, 1))
    return runs


def _run(module: Expression, count: int) -> str:
    if count == 1:
        return _flat(module)
    return f"*({_flat(module)} for _ in range({count}))"


def _broken(function: str, arguments: Sequence[tuple[str, Expression]], indent: int) -> str:
    """A call with a line for each argument."""
    inner = indent + 4
    lines = [
        f"{' ' * inner}{name}{printed(value, inner, len(name), 1)}," for name, value in arguments
    ]
    return "\n".join([f"{function}(", *lines, f"{' ' * indent})"])


def _broken_chain(chain: Chain, indent: int) -> str:
    pad = " " * indent
    if not chain.names and chain.function == "nn.ModuleList":
        lines = [_entry(module, count, indent + 8) for module, count in _runs(chain)]
        return "\n".join([f"{chain.function}(", f"{pad}    [", *lines, f"{pad}    ]", f"{pad})"])
    if not chain.names:
        lines = [_entry(module, count, indent + 4) for module, count in _runs(chain)]
        return "\n".join([f"{chain.function}(", *lines, f"{pad})"])
    inside = "\n".join(entries(chain, indent + 8))
    head, tail = ("(", ")") if _named(chain) else ("([", "])")
    return (
        f"{chain.function}(\n{' ' * (indent + 4)}OrderedDict{head}\n"
        f"{inside}\n{' ' * (indent + 4)}{tail}\n{' ' * indent})"
    )


def _entry(module: Expression, count: int, indent: int) -> str:
    pad = " " * indent
    if count == 1:
        return f"{pad}{printed(module, indent, 0, 1)},"
    line = f"{pad}{_run(module, count)},"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    inner = printed(module, indent + 4)
    return f"{pad}*(\n{pad}    {inner}\n{pad}    for _ in range({count})\n{pad}),"


def _named(chain: Chain) -> bool:
    """Whether the names of its modules can be keywords."""
    return all(map(is_identifier, chain.names))


def entries(chain: Chain, indent: int) -> Iterator[str]:
    """The lines of an `OrderedDict` of modules."""
    pad = " " * indent
    for name, module in zip(chain.names, chain.modules, strict=True):
        if _named(chain):
            yield f"{pad}{name}={printed(module, indent, len(name) + 1, 1)},"
        else:
            before = f'("{name}", '
            line = f"{pad}{before}{printed(module, indent, len(before), 2)}),"
            if "\n" in line:
                inner = printed(module, indent + 4, 0, 1)
                line = f'{pad}(\n{pad}    "{name}",\n{pad}    {inner},\n{pad}),'
            yield line
