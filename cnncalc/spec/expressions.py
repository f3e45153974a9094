"""The evaluator: arithmetic and conditions over names, nothing else."""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

from cnncalc.diagnostics import Span

LONGEST = 200
LARGEST = 10**15

_SIZE = re.compile(r"\d+(x\d+)+\Z")
_WHOLE = re.compile(r"-?(0|[1-9][0-9_]*)\Z")
_WORD = re.compile(r"[A-Za-z0-9_][\w.\-]*\Z")
_LEADING_ZERO = re.compile(r"(?<![\w.])0\d+(?![\w.])")
_FOREIGN_NUMBER = re.compile(r"(?<![\w.])0[xXoObB]\w+|(?<![\w.])\d[\d.]*[jJ]\b")
_YES_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


class Placed(Protocol):
    """What a word may stand for: a layer's output, with its shape."""

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Its shape; None where it could not be computed."""


class Word(str):
    """A word that is no number: `hard_swish`, `same`, the name of a layer.

    It keeps the place where it was written, and the layer it names there, if it names one.
    """

    __slots__ = ("layer", "span")
    span: Span | None
    layer: Placed | None

    @classmethod
    def at(cls, text: str, span: Span | None, layer: Placed | None = None) -> Word:
        """The word `text`, written at `span`."""
        word = cls(text)
        word.span = span
        word.layer = layer
        return word


Value = int | float | bool | Word | tuple[Any, ...]
Lookup = Callable[[str], Value]


class ExpressionError(Exception):
    """An expression has no value. `code` is the diagnostic's."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class UnknownNameError(Exception):
    """A name stands for nothing here."""


class UnknownValueError(Exception):
    """A value depends on a layer that has an error of its own."""


class Expression:
    """A parsed expression. `constant` is its value where it names nothing."""

    __slots__ = ("constant", "name", "text", "tree")

    def __init__(self, text: str, tree: ast.expr | None, constant: Value | None = None) -> None:
        self.text = text
        self.tree = tree
        self.constant = constant
        self.name = tree.id if isinstance(tree, ast.Name) else None

    def value(self, lookup: Lookup) -> Value:
        """Its value. Raises ExpressionError, UnknownNameError, UnknownValueError."""
        if self.tree is None:
            assert self.constant is not None
            return self.constant
        try:
            return _evaluate(self.tree, lookup)
        except ZeroDivisionError:
            raise ExpressionError("CNN504", f"`{self.text}` divides by zero") from None
        except (OverflowError, ValueError) as error:
            raise ExpressionError("CNN504", f"`{self.text}` has no value: {error}") from None
        except TypeError:
            raise ExpressionError("CNN504", f"`{self.text}` mixes what cannot be mixed") from None


@cache
def parse(text: str) -> Expression:
    """The expression that `text` is. Raises ExpressionError."""
    text = text.strip()
    if _WHOLE.match(text) and len(text) < 20:
        return Expression(text, None, int(text))
    if _SIZE.match(text) and len(text) < 60:
        return Expression(text, None, tuple(int(size) for size in text.split("x")))
    if text in ("true", "True", "false", "False"):
        return Expression(text, None, text.lower() == "true")
    if len(text) > LONGEST:
        raise ExpressionError("CNN502", f"an expression of {len(text)} characters is too long")
    _refuse_foreign_numbers(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        if _WORD.match(text):
            return Expression(text, ast.Name(text))
        raise ExpressionError("CNN502", f"`{text}` is neither a number nor an expression") from None
    return Expression(text, tree)


def _refuse_foreign_numbers(text: str) -> None:
    if zeros := _LEADING_ZERO.search(text):
        number = zeros.group()
        hint = f"`{number.lstrip('0') or '0'}`"
        raise ExpressionError("CNN502", f"`{number}` starts with a zero", hint)
    if foreign := _FOREIGN_NUMBER.search(text):
        message = f"`{foreign.group()}` is not a decimal number"
        raise ExpressionError("CNN502", message)


def _evaluate(tree: ast.expr, lookup: Lookup) -> Value:
    try:
        rule = _RULES[type(tree)]
    except KeyError:
        what = type(tree).__name__
        message = f"an expression may not hold this ({what})"
        raise ExpressionError("CNN503", message, f"allowed: {_ALLOWED}") from None
    return _bounded(rule(tree, lookup))


_ALLOWED = "numbers, names, arithmetic, comparisons, and, or, not, `a if b else c`, `x[0]`, calls"


def _bounded(value: Any) -> Value:
    if isinstance(value, complex):
        raise ValueError("it is not real")
    if isinstance(value, int | float) and not -LARGEST <= value <= LARGEST:
        raise ValueError(f"it is beyond {LARGEST:,}")
    return value  # type: ignore[no-any-return]


def _constant(tree: ast.Constant, lookup: Lookup) -> Any:
    if isinstance(tree.value, bool | int | float | str):
        return tree.value
    raise ExpressionError("CNN503", f"`{tree.value!r}` is not a number")


def _name(tree: ast.Name, lookup: Lookup) -> Value:
    if tree.id in ("true", "false"):
        return tree.id == "true"
    try:
        return lookup(tree.id)
    except KeyError:
        raise UnknownNameError(tree.id) from None


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def _number(value: Value) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    what = "true or false" if isinstance(value, bool) else "a list"
    if isinstance(value, str):
        what = "a layer" if getattr(value, "layer", None) else "a word"
        what = f"`{value}`, {what}"
    raise ExpressionError("CNN504", f"wants a number, got {what}")


def _binary(tree: ast.BinOp, lookup: Lookup) -> Any:
    left = _number(_evaluate(tree.left, lookup))
    right = _number(_evaluate(tree.right, lookup))
    if type(tree.op) not in _BINARY:
        raise ExpressionError("CNN503", "this operator is not allowed", f"allowed: {_ALLOWED}")
    if isinstance(tree.op, ast.Pow) and abs(right) > 64:
        raise ExpressionError("CNN504", f"an exponent of {right} is beyond 64")
    return _BINARY[type(tree.op)](left, right)


def truth(value: Value) -> bool:
    """A condition's value. Raises ExpressionError."""
    if isinstance(value, bool):
        return value
    hint = f"`{_YES_NO[value]}`" if isinstance(value, str) and value in _YES_NO else None
    shown = f"`{value}`" if isinstance(value, str) else value
    raise ExpressionError("CNN504", f"wants `true` or `false`, got {shown}", hint)


def _unary(tree: ast.UnaryOp, lookup: Lookup) -> Any:
    value = _evaluate(tree.operand, lookup)
    if isinstance(tree.op, ast.Not):
        return not truth(value)
    if isinstance(tree.op, ast.Invert):
        raise ExpressionError("CNN503", "this operator is not allowed", f"allowed: {_ALLOWED}")
    return -_number(value) if isinstance(tree.op, ast.USub) else _number(value)


def _boolean(tree: ast.BoolOp, lookup: Lookup) -> bool:
    values = (truth(_evaluate(value, lookup)) for value in tree.values)
    return all(values) if isinstance(tree.op, ast.And) else any(values)


_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, values: value in values,
    ast.NotIn: lambda value, values: value not in values,
}


def _compare(tree: ast.Compare, lookup: Lookup) -> bool:
    left = _evaluate(tree.left, lookup)
    for sign, operand in zip(tree.ops, tree.comparators, strict=True):
        right = _evaluate(operand, lookup)
        if type(sign) not in _COMPARISONS:
            raise ExpressionError("CNN503", "`is` is not allowed", "`==`")
        if not _COMPARISONS[type(sign)](left, right):
            return False
        left = right
    return True


def _choice(tree: ast.IfExp, lookup: Lookup) -> Value:
    chosen = tree.body if truth(_evaluate(tree.test, lookup)) else tree.orelse
    return _evaluate(chosen, lookup)


def _list(tree: ast.List | ast.Tuple, lookup: Lookup) -> Value:
    return tuple(_evaluate(item, lookup) for item in tree.elts)


def _subscript(tree: ast.Subscript, lookup: Lookup) -> Value:
    values = _evaluate(tree.value, lookup)
    index = _evaluate(tree.slice, lookup)
    if not isinstance(values, tuple) or not isinstance(index, int) or isinstance(index, bool):
        raise ExpressionError("CNN504", "`[...]` picks a value from a list by its number")
    if not -len(values) <= index < len(values):
        message = f"the list has {len(values)} values, there is no [{index}]"
        raise ExpressionError("CNN504", message, "the first is [0]")
    return values[index]  # type: ignore[no-any-return]


def divisible(value: float, by: int = 8) -> int:
    """The multiple of `by` nearest to `value`, but not more than a tenth below it: how MobileNets
    round their channels (Sandler et al. 2018, the authors' code)."""
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * value else rounded


def _axis_of(axis: int, what: str) -> Callable[[Any], int]:
    def size(word: Any) -> int:
        if not isinstance(word, Word) or word.layer is None:
            raise ExpressionError("CNN504", f"`{what}(...)` wants the name of a layer")
        shape = word.layer.shape
        if shape is None:
            raise UnknownValueError
        if axis < 0 and len(shape) <= -axis:
            raise ExpressionError("CNN504", f"`{word}` has no {what}: it is {shape}")
        return shape[axis]

    return size


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "round": round,
    "ceil": math.ceil,
    "floor": math.floor,
    "sqrt": math.sqrt,
    "int": int,
    "divisible": divisible,
    "channels": _axis_of(0, "channels"),
    "height": _axis_of(-2, "height"),
    "width": _axis_of(-1, "width"),
}
_OF_LAYERS = ("channels", "height", "width")


def _call(tree: ast.Call, lookup: Lookup) -> Any:
    if not isinstance(tree.func, ast.Name) or tree.func.id not in FUNCTIONS:
        name = tree.func.id if isinstance(tree.func, ast.Name) else "this"
        hint = f"functions: {', '.join(FUNCTIONS)}"
        raise ExpressionError("CNN503", f"`{name}` cannot be called", hint)
    name = tree.func.id
    given = [_evaluate(argument, lookup) for argument in tree.args]
    named = {
        keyword.arg: _number(_evaluate(keyword.value, lookup))
        for keyword in tree.keywords
        if keyword.arg
    }
    if name not in _OF_LAYERS and not (len(given) == 1 and isinstance(given[0], tuple)):
        given = [_number(value) for value in given]
    try:
        return FUNCTIONS[name](*given, **named)
    except TypeError:
        raise ExpressionError("CNN504", f"`{name}` does not take these arguments") from None


_RULES: dict[type[ast.expr], Callable[[Any, Lookup], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.List: _list,
    ast.Tuple: _list,
    ast.Subscript: _subscript,
    ast.Call: _call,
}
