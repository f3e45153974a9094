"""What a source is made of, as values: expressions, statements, classes.

No text of a spec is code here: it is a constant or a name, and `printing` alone writes either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Union

from cnncalc.records import NamedTuple

# -- expressions -------------------------------------------------------------------------------


class Value(NamedTuple):
    """A constant: a number, truth, text, tuple of these, None or `...`."""

    value: Any


class Name(NamedTuple):
    """A variable; with dots, what a package holds: `nn.Conv2d`."""

    text: str


class Attribute(NamedTuple):
    """`self.conv`; where the name cannot stand behind a dot, `getattr(self, "1x1")`."""

    of: Expression
    name: str


class Subscript(NamedTuple):
    """`self.stage[0]`, `tuple[int, ...]`."""

    of: Expression
    keys: tuple[Expression, ...]


class Infix(NamedTuple):
    """`x + y`, `4 * planes`."""

    operator: str
    terms: tuple[Expression, ...]


class Call(NamedTuple):
    """`nn.Conv2d(64, 128, 3, stride=2)`, or an object of a class of the source.

    defaults: keywords that need not be written when they have that value
    long: written with a line for each argument, however short
    """

    function: Expression
    positional: tuple[Expression, ...] = ()
    keywords: tuple[tuple[str, Expression], ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    long: bool = False

    @property
    def arguments(self) -> list[tuple[str, Expression]]:
        """What is written, each with its keyword, or with none."""
        defaults = dict(self.defaults)
        return [("", value) for value in self.positional] + [
            (name, value)
            for name, value in self.keywords
            if not (isinstance(value, Value) and name in defaults and value.value == defaults[name])
        ]


class Enclosed(NamedTuple):
    """`[a, b]`, `(a, b)`; long: with a line for each."""

    brackets: str
    items: tuple[Expression, ...]
    long: bool = False


class Dictionary(NamedTuple):
    """`{"output": x}`."""

    items: tuple[tuple[str, Expression], ...]


class Repeated(NamedTuple):
    """`*(Block(64) for _ in range(3))`."""

    module: Expression
    times: int


class Chain(NamedTuple):
    """An `nn.Sequential`, or a list of modules.

    names: of its modules; none: they are numbered
    """

    modules: tuple[Expression, ...]
    names: tuple[str, ...] = ()
    function: str = "nn.Sequential"


Expression = Union[  # noqa: UP007 (it refers to itself)
    Value, Name, Attribute, Subscript, Infix, Call, Enclosed, Dictionary, Repeated, Chain
]

SELF = Name("self")

# -- statements --------------------------------------------------------------------------------


class Assign(NamedTuple):
    """`x = self.conv(x)`; several targets take as many values, or what one gives."""

    targets: tuple[Expression, ...]
    values: tuple[Expression, ...]


class Effect(NamedTuple):
    """An expression for its effect."""

    expression: Expression


class Return(NamedTuple):
    """`return x`."""

    values: tuple[Expression, ...]


class For(NamedTuple):
    """A loop."""

    targets: tuple[str, ...]
    over: Expression
    body: tuple[Statement, ...]


class If(NamedTuple):
    """A choice."""

    test: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()


class Commented(NamedTuple):
    """A statement with a remark behind it."""

    statement: Statement
    comment: str


Statement = Union[Assign, Effect, Return, For, If, Commented]  # noqa: UP007 (it refers to itself)

# -- definitions -------------------------------------------------------------------------------


class Argument(NamedTuple):
    """Of a function; default: (the value,) where it has one."""

    name: str
    annotation: Expression
    default: tuple[Any, ...] = ()


class Method(NamedTuple):
    """A function of a class, without its `self`. says: its docstring, none where empty."""

    name: str
    arguments: tuple[Argument, ...]
    result: Expression
    body: tuple[Statement, ...]
    says: str = ""


class Class(NamedTuple):
    """A class; says: its docstring."""

    name: str
    base: str
    says: str
    methods: tuple[Method, ...]


# -- what stands in them -----------------------------------------------------------------------


def values(expression: Expression, keyword: str = "") -> Iterator[tuple[str, Any]]:
    """The values in a module's constructor from left to right, each with the keyword it is given
    for."""
    if isinstance(expression, Value):
        yield keyword, expression.value
    elif isinstance(expression, Attribute):
        yield from values(expression.of)
    elif isinstance(expression, Chain):
        for module in expression.modules:
            yield from values(module)
    elif isinstance(expression, Call):
        yield from values(expression.function)
        for value in expression.positional:
            yield from values(value)
        for name, value in expression.keywords:
            yield from values(value, name)


def form(expression: Expression) -> Any:
    """A module's constructor without its values: alike for those that differ by values alone."""
    if isinstance(expression, Value):
        return None
    if isinstance(expression, Attribute):
        return form(expression.of), expression.name
    if isinstance(expression, Chain):
        return expression.function, expression.names, tuple(map(form, expression.modules))
    if isinstance(expression, Call):
        keywords = tuple((name, form(value)) for name, value in expression.keywords)
        return form(expression.function), tuple(map(form, expression.positional)), keywords
    return expression


def with_values(expression: Expression, new: Iterator[Expression]) -> Expression:
    """A module's constructor with other values, from left to right."""
    if isinstance(expression, Value):
        return next(new)
    if isinstance(expression, Attribute):
        return expression._replace(of=with_values(expression.of, new))
    if isinstance(expression, Chain):
        modules = tuple([with_values(module, new) for module in expression.modules])
        return expression._replace(modules=modules)
    if isinstance(expression, Call):
        function = with_values(expression.function, new)
        positional = tuple([with_values(value, new) for value in expression.positional])
        keywords = tuple([(name, with_values(v, new)) for name, v in expression.keywords])
        return Call(function, positional, keywords, expression.defaults, expression.long)
    return expression


def roots(piece: object) -> set[str]:
    """The names that a piece of source uses, of dotted ones the first: `nn`."""
    found: set[str] = set()
    left = [piece]
    while left:
        part = left.pop()
        if isinstance(part, Name):
            found.add(part.text.partition(".")[0])
        elif isinstance(part, tuple):
            left.extend(part)
            if isinstance(part, Chain):
                found.update(["nn", "OrderedDict"] if part.names else ["nn"])
    return found
