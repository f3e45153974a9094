"""Source as text, formatted as ruff and Black format it. All text goes through here.

A constant is written by `repr`, a name only where it is an identifier, a docstring and a remark
without what could end them. So nothing that a spec says can become code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.lowering.code import (
    Argument,
    Assign,
    Attribute,
    Call,
    Chain,
    Class,
    Commented,
    Dictionary,
    Effect,
    Enclosed,
    Expression,
    For,
    If,
    Infix,
    Method,
    Name,
    Repeated,
    Return,
    Statement,
    Subscript,
    Value,
)
from cnncalc.network.names import is_identifier
from cnncalc.records import NamedTuple

WIDTH = 88
"""The longest line, as ruff and Black have it."""

SIGNS = frozenset(["+", "-", "*", "/", "//", "|", "in", "is not"])
"""What can stand between two expressions."""

Entry = tuple[str, Expression]
"""What stands before an expression on its line, and the expression."""

# -- texts -------------------------------------------------------------------------------------


def literal(value: object) -> str:
    """A constant as Python writes it, texts in double quotes where that needs no more escapes."""
    if isinstance(value, float) and value - value != 0:  # neither has a literal of its own
        return f'float("{value}")'
    if isinstance(value, str):
        written = repr(str(value))
        return written if '"' in written else f'"{written[1:-1]}"'
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if value is None or type(value) in (bool, int, float):
        return repr(value)
    if value is ...:
        return "..."
    raise TypeError(f"no constant: {type(value).__name__}")


def identifier(name: str) -> str:
    """A name, as it is. Raises ValueError where it is none, or would be another one."""
    if not all(map(is_identifier, name.split("."))):
        raise ValueError(f"no identifier: {name!r}")
    return name


def remark(text: str) -> str:
    """A line of a docstring or a comment, that ends neither."""
    return "".join(map(_harmless, text))


def _harmless(sign: str) -> str:
    if sign == '"':
        return "'"
    return sign if sign.isprintable() and sign != "\\" else repr(sign)[1:-1]


def docstring(text: str, indent: int) -> Iterator[str]:
    """The lines of a docstring."""
    first, *others = map(remark, text.split("\n"))
    pad = " " * indent
    yield f'{pad}"""{first}' + ('"""' if not others else "")
    if others:
        yield from (pad + line if line else "" for line in others)
        yield f'{pad}"""'


# -- expressions -------------------------------------------------------------------------------


class Bracketed(NamedTuple):
    """An expression that ends in brackets: what stands before them, in them, and between which."""

    head: str
    entries: list[Entry]
    brackets: str = "()"

    @property
    def opening(self) -> str:
        """All that comes before the first entry."""
        return self.head + self.brackets[0]

    @property
    def closing(self) -> str:
        """What comes after the last."""
        return self.brackets[1]


def flat(expression: Expression) -> str:
    """An expression on one line; with a line break in it where it never stands on one."""
    match expression:
        case Value(value):
            return literal(value)
        case Name(text):
            return identifier(text)
        case Attribute(of, name) if is_identifier(name):
            return f"{flat(of)}.{name}"
        case Attribute(of, name):
            return f"getattr({flat(of)}, {literal(name)})"
        case Subscript(of, keys):
            return f"{flat(of)}[{', '.join(map(flat, keys))}]"
        case Infix(sign, terms):
            return f" {_sign(sign)} ".join(map(_term, terms))
        case Repeated(module, times):
            return f"*({flat(module)} for _ in range({literal(times)}))"
        case Chain():
            return flat(constructed(expression))
        case Call(long=True) | Enclosed(long=True):
            return "\n"
    found = bracketed(expression)
    inside = ", ".join(before + flat(entry) for before, entry in found.entries)
    return f"{found.opening}{inside}{found.closing}"


def bracketed(expression: Expression) -> Bracketed:
    """What stands in the brackets of a call, a list, a tuple, a dictionary."""
    match expression:
        case Value(tuple() as items):
            return Bracketed("", [("", Value(item)) for item in items])
        case Enclosed(brackets, items):
            return Bracketed("", [("", item) for item in items], brackets)
        case Dictionary(items):
            return Bracketed("", [(f"{literal(key)}: ", item) for key, item in items], "{}")
        case Call(function):
            entries = [(f"{identifier(k)}=" if k else "", v) for k, v in expression.arguments]
            return Bracketed(flat(function), entries)
    raise TypeError(f"no brackets: {type(expression).__name__}")


def _term(expression: Expression) -> str:
    return f"({flat(expression)})" if isinstance(expression, Infix) else flat(expression)


def _sign(sign: str) -> str:
    if sign not in SIGNS:
        raise ValueError(f"no operator: {sign!r}")
    return sign


def printed(expression: Expression, indent: int, before: int = 0, after: int = 0) -> str:
    """An expression, over several lines where it is too long for one.

    indent: of the line it begins in; before, after: characters of that line around it
    """
    if isinstance(expression, Chain):
        expression = constructed(expression)
    line = flat(expression)
    if "\n" not in line and indent + before + len(line) + after <= WIDTH:
        return line
    pad = " " * (indent + 4)
    match expression:
        case Infix(sign, terms):
            inner = f"\n{pad}{_sign(sign)} ".join(map(_term, terms))
            return f"(\n{pad}{inner}\n{' ' * indent})"
        case Repeated(module, times):
            inner = printed(module, indent + 4)
            loop = f"for _ in range({literal(times)})"
            return f"*(\n{pad}{inner}\n{pad}{loop}\n{' ' * indent})"
        case Call(Attribute(Call() as made, name), positional, ()) if made.arguments:
            inner = ", ".join(map(flat, positional))
            return f"{_broken(bracketed(made), indent)}.{identifier(name)}({inner})"
        case Call() | Enclosed() | Dictionary() | Value(tuple()):
            return _broken(bracketed(expression), indent)
    return line


def _broken(found: Bracketed, indent: int) -> str:
    """Brackets with a line for each entry. A comma ends each, but where one alone is broken too."""
    if not found.entries:
        return found.opening + found.closing
    inner = indent + 4
    comma = "" if len(found.entries) == 1 and _is_long(found.entries[0][1]) else ","
    lines = [
        f"{' ' * inner}{before}{printed(entry, inner, len(before), 1)}{comma}"
        for before, entry in found.entries
    ]
    return "\n".join([found.opening, *lines, " " * indent + found.closing])


def _is_long(expression: Expression) -> bool:
    return isinstance(expression, Enclosed) or (isinstance(expression, Call) and expression.long)


def constructed(chain: Chain) -> Call:
    """The call that makes a chain."""
    if chain.names:
        return Call(Name(chain.function), (ordered(chain),))
    runs: list[tuple[Expression, int]] = []
    for module in chain.modules:
        if runs and runs[-1][0] == module:
            runs[-1] = module, runs[-1][1] + 1
        else:
            runs.append((module, 1))
    modules = tuple(Repeated(*run) if run[1] > 1 else run[0] for run in runs)
    if chain.function == "nn.Sequential":
        return Call(Name(chain.function), modules)
    return Call(Name(chain.function), (Enclosed("[]", modules),))


def ordered(chain: Chain) -> Call:
    """The `OrderedDict` of the modules of a chain, its names keywords where they can be."""
    named = tuple(zip(chain.names, chain.modules, strict=True))
    if all(map(is_identifier, chain.names)):
        return Call(Name("OrderedDict"), (), named, (), long=True)
    pairs = tuple(Enclosed("()", (Value(name), module)) for name, module in named)
    return Call(Name("OrderedDict"), (Enclosed("[]", pairs, long=True),), long=True)


# -- statements --------------------------------------------------------------------------------


def lines(statement: Statement, indent: int) -> Iterator[str]:
    """The lines of a statement; one may hold several."""
    pad = " " * indent
    match statement:
        case Commented(inner, comment):
            first, *others = lines(inner, indent)
            behind = f"{first}  # {remark(comment)}"
            fits = len(behind) <= WIDTH and "\n" not in behind
            yield from [behind if fits else first, *others]
        case Assign((target,), (Attribute() | Subscript() as value,)):
            yield pad + _named(target, value, indent)
        case Assign(targets, values):
            head = f"{', '.join(map(flat, targets))} = "
            yield pad + head + _several(values, indent, len(head))
        case Effect(expression):
            yield pad + printed(expression, indent)
        case Return(values):
            yield f"{pad}return {_several(values, indent, len('return '))}"
        case For(targets, over, body):
            yield f"{pad}for {', '.join(map(identifier, targets))} in {flat(over)}:"
            yield from _block(body, indent + 4)
        case If(test, body, otherwise):
            yield f"{pad}if {flat(test)}:"
            yield from _block(body, indent + 4)
            if otherwise:
                yield f"{pad}else:"
                yield from _block(otherwise, indent + 4)


def _named(target: Expression, value: Expression, indent: int) -> str:
    """An assignment of what has no brackets to break in: where it is too long, the target breaks in
    its last index, or the value gets brackets."""
    line = f"{flat(target)} = {flat(value)}"
    if indent + len(line) <= WIDTH:
        return line
    behind, of = "", target
    while isinstance(of, Attribute) and is_identifier(of.name):
        behind, of = f".{of.name}{behind}", of.of
    pad, inner = " " * indent, " " * (indent + 4)
    if isinstance(of, Subscript) and behind:
        keys = ", ".join(map(flat, of.keys))
        return f"{flat(of.of)}[\n{inner}{keys}\n{pad}]{behind} = {flat(value)}"
    return f"{flat(target)} = (\n{inner}{flat(value)}\n{pad})"


def _several(values: tuple[Expression, ...], indent: int, before: int) -> str:
    if len(values) == 1:
        return printed(values[0], indent, before)
    return ", ".join(map(flat, values))


def _block(statements: Iterable[Statement], indent: int) -> Iterator[str]:
    for statement in statements:
        yield from lines(statement, indent)


# -- definitions -------------------------------------------------------------------------------


def definition(made: Class) -> str:
    """A class."""
    head = [f"class {identifier(made.name)}({identifier(made.base)}):", *docstring(made.says, 4)]
    bodies = ["\n".join(_method(method)) for method in made.methods]
    return "\n\n".join(["\n".join(head), *bodies])


def _method(method: Method) -> Iterator[str]:
    arguments = ["self", *map(_argument, method.arguments)]
    head, tail = f"    def {identifier(method.name)}(", f") -> {flat(method.result)}:"
    line = f"{head}{', '.join(arguments)}{tail}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield from [head, *(f"        {argument}," for argument in arguments), f"    {tail}"]
    if method.says:
        yield from docstring(method.says, 8)
    yield from _block(method.body, 8)


def _argument(argument: Argument) -> str:
    default = f" = {literal(argument.default[0])}" if argument.default else ""
    return f"{identifier(argument.name)}: {flat(argument.annotation)}{default}"
