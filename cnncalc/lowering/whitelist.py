"""What lowered source may hold, checked in the text itself before it runs.

It trusts nothing of how the text was made: what is not listed here, whoever wrote it, is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cnncalc.language.text.naming import LONGEST_NAME, refusal
from cnncalc.lowering import library
from cnncalc.lowering.source import STANDARD, TORCH, WRAPPERS, source
from cnncalc.network.graph import Graph
from cnncalc.network.names import BUILTINS, OF_MODULES, TYPES, attribute

BASES = frozenset(["nn.Module", "nn.Sequential"])
METHODS = frozenset(["__init__", "reset_parameters", "forward"])
PACKAGES = frozenset(["F", "nn", "torch"])
FUNCTIONS = frozenset(
    """
    F.pad OrderedDict spectral_norm torch.cat torch.maximum torch.minimum weight_norm
    nn.init.kaiming_normal_ nn.init.xavier_uniform_ nn.init.zeros_
    """.split()  # noqa: SIM905 (a list of words)
)
"""Functions it may call, besides constructors of `nn`."""

CALLED = frozenset(
    ["__init__", "add_module", "modules", "named_modules", "requires_grad_", "reset_parameters"]
)
"""Attributes of modules that it may call, besides its own children."""

HARMLESS = (
    *(ast.Assign, ast.Expr, ast.Return, ast.For, ast.If, ast.arguments, ast.arg, ast.keyword),
    *(ast.Tuple, ast.List, ast.Dict, ast.Starred, ast.GeneratorExp, ast.comprehension),
    *(ast.Compare, ast.In, ast.IsNot, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div),
    *(ast.FloorDiv, ast.BitOr, ast.UnaryOp, ast.USub, ast.Load, ast.Store),
)
"""Pieces of Python that may stand anywhere; what they are made of is looked at by itself."""


class ForeignCodeError(Exception):
    """A source holds what no network needs: a bug in what wrote it."""


def runnable(graph: Graph) -> str:
    """The source of a network, checked. Raises ForeignCodeError."""
    text = source(graph)
    check(text)
    return text


def check(text: str) -> None:
    """Raises ForeignCodeError, with the line, unless a source holds imports from torch, classes,
    constants, and calls of what these have."""
    foreign = next(_Inspector().module(ast.parse(text)), None)
    if foreign:
        line = getattr(foreign, "lineno", 0)
        raise ForeignCodeError(f"line {line} of the source: {ast.unparse(foreign)[:200]}")


class _Inspector:
    """Finds what is foreign. classes: those defined so far; names: those bound in a method."""

    def __init__(self) -> None:
        self.imports = {ast.unparse(ast.parse(line)) for line in (STANDARD | TORCH).values()}
        self.classes: set[str] = set()
        self.names: set[str] = set()

    def module(self, tree: ast.Module) -> Iterator[ast.AST]:
        """The foreign pieces of a source."""
        for statement in tree.body:
            if isinstance(statement, ast.ClassDef):
                yield from self.definition(statement)
                self.classes.add(statement.name)
            elif isinstance(statement, ast.FunctionDef):
                if not _is_copied(statement):
                    yield statement
                self.classes.add(statement.name)
            elif isinstance(statement, ast.Import | ast.ImportFrom):
                if ast.unparse(statement) not in self.imports:
                    yield statement
            elif not _is_text(statement):
                yield statement

    def definition(self, made: ast.ClassDef) -> Iterator[ast.AST]:
        """Of a class: one of the library's, letter by letter, or one of the network's."""
        if _is_copied(made):
            return
        bases = [ast.unparse(base) for base in made.bases]
        of_network = len(bases) == 1 and bases[0] in BASES and not made.keywords
        if made.name in library.pieces() or not of_network:
            yield made
        yield from made.decorator_list
        for statement in made.body:
            if isinstance(statement, ast.FunctionDef) and statement.name in METHODS:
                yield from self.method(statement)
            elif not _is_text(statement):
                yield statement

    def method(self, method: ast.FunctionDef) -> Iterator[ast.AST]:
        """Of a method."""
        yield from method.decorator_list
        arguments = [argument.arg for argument in method.args.args]
        stored = (n.id for n in ast.walk(method) if _is_stored(n) and isinstance(n, ast.Name))
        self.names = {*arguments, *stored}
        if self.names & (PACKAGES | FUNCTIONS | BUILTINS | TYPES) or arguments[:1] != ["self"]:
            yield method
        yield from self.all(method.args, method.returns, *method.body)

    def all(self, *pieces: ast.AST | None) -> Iterator[ast.AST]:
        """Of pieces of a method."""
        for piece in filter(None, pieces):
            yield from self.piece(piece)

    def piece(self, piece: ast.AST) -> Iterator[ast.AST]:
        """Of one of them, and what it is made of."""
        match piece:
            case ast.Constant():
                return
            case ast.Call():
                yield from self.call(piece)
            case ast.Subscript(value=ast.Name(id="tuple" | "dict"), slice=inner):
                yield from self.all(inner)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                if not self.is_known(piece):
                    yield piece
            case _ if isinstance(piece, HARMLESS):
                yield from self.all(*ast.iter_child_nodes(piece))
            case _:
                yield piece

    def is_known(self, piece: ast.expr) -> bool:
        """Whether it is a name bound here, a type, or what a module of the network holds."""
        if isinstance(piece, ast.Name):
            return piece.id in self.names | self.classes | TYPES
        return self.is_module(piece)

    def call(self, call: ast.Call) -> Iterator[ast.AST]:
        """Of a call: whether it may be called, and its arguments."""
        arguments = [*call.args, *call.keywords]
        name = ast.unparse(call.func)
        if isinstance(call.func, ast.Name) and name in BUILTINS:
            if not self.is_builtin(name, call):
                yield call
            arguments = [*call.args[:1], *arguments[2:]] if name == "isinstance" else arguments
        elif isinstance(call.func, ast.Call | ast.Subscript):
            yield from self.all(call.func)
        elif not (self.is_callable(name, call.func) and all(map(_is_named, _children(call)))):
            yield call
        yield from self.all(*arguments)

    def is_builtin(self, name: str, call: ast.Call) -> bool:
        """Whether one of Python's functions is called as the writer does."""
        constants = [a.value for a in call.args if isinstance(a, ast.Constant)]
        if call.keywords:
            return False
        if name == "getattr":
            named = len(call.args) == 2 and _is_named(call.args[1])
            return named and self.is_module(call.args[0])
        if name == "isinstance":
            kinds = getattr(call.args[1], "elts", [call.args[1]]) if len(call.args) == 2 else [call]
            return all(_is_constructor(ast.unparse(kind)) for kind in kinds)
        return len(constants) == len(call.args) == (0 if name == "super" else 1)

    def is_callable(self, name: str, function: ast.expr) -> bool:
        """Whether a call is of what is listed, or of the network's own."""
        return name in FUNCTIONS or _is_constructor(name) or self.is_own(function)

    def is_own(self, function: ast.expr) -> bool:
        """Whether a class, a run of a repeat, a child, or a method of a module is called."""
        if isinstance(function, ast.Name):
            return function.id in self.classes | self.names - {"self"}
        if isinstance(function, ast.Attribute) and function.attr in CALLED:
            return self.is_module(function.value)
        return self.is_reached(function)

    def is_reached(self, piece: ast.expr) -> bool:
        """Whether an attribute is a child of a module, or a weight."""
        if not isinstance(piece, ast.Attribute):
            return False
        return _is_child(piece.attr) and self.is_module(piece.value)

    def is_module(self, piece: ast.expr) -> bool:
        """Whether an expression is a module of the network: `self`, and what is reached from it."""
        match piece:
            case ast.Name(id="self" | "module"):
                return True
            case ast.Attribute():
                return self.is_reached(piece)
            case ast.Subscript(value=inner, slice=ast.Constant(value=int())):
                return self.is_module(inner)
            case ast.Call(func=ast.Name(id="super"), args=[], keywords=[]):
                return True
            case ast.Call(func=ast.Name(id="getattr")):
                return self.is_builtin("getattr", piece)
            case ast.Call(func=function):  # just made
                name = ast.unparse(function)
                return name in WRAPPERS or _is_constructor(name) or name in self.classes
        return False


def _is_copied(made: ast.ClassDef | ast.FunctionDef) -> bool:
    """Whether a class or function is one of the library's, letter by letter."""
    copied = library.pieces().get(made.name)
    return copied is not None and ast.dump(copied.tree) == ast.dump(made)


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _is_stored(piece: ast.AST) -> bool:
    return isinstance(getattr(piece, "ctx", None), ast.Store)


def _is_constructor(name: str) -> bool:
    """Whether a name is that of a class of `torch.nn`; one that names its children by a dictionary
    is none that the writer makes."""
    package, _, word = name.partition(".")
    named = word.endswith("Dict")
    return package == "nn" and word.isidentifier() and word[0].isupper() and not named


def _children(call: ast.Call) -> list[ast.expr]:
    """What a call that names children calls them: PyTorch's exporters write that into code."""
    match call.func:
        case ast.Attribute(attr="add_module"):
            return call.args[:1] or [call]
        case ast.Name(id="OrderedDict"):
            pairs = [pair for listed in call.args for pair in getattr(listed, "elts", [listed])]
            return [getattr(pair, "elts", [pair])[0] for pair in pairs]
    return []


def _is_named(name: ast.expr) -> bool:
    """Whether an expression is the name of a child, as the language has names."""
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return False
    return _is_child(name.value) and refusal(name.value[:LONGEST_NAME]) is None


def _is_child(name: str) -> bool:
    """Whether an attribute is one that a spec's name can become, and none that modules have."""
    return name not in OF_MODULES and (not name.startswith("_") or attribute(name[:-1]) == name)
