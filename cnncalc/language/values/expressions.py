"""The evaluator: arithmetic and conditions over names, nothing else."""

from __future__ import annotations

import _ast as ast  # its classes alone: what `ast` adds, an import of it pays for
import operator
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cnncalc.budget import Budget
from cnncalc.language.values.functions import FUNCTIONS, call
from cnncalc.language.values.values import (
    ExpressionError,
    UnknownNameError,
    Value,
    Word,
    elements,
    named,
    number,
    output,
    refuse_word,
    truth,
)
from cnncalc.later_patterns import pattern
from cnncalc.layers.fields import counted

LONGEST = 200
DEEPEST = 50
MOST_PARTS = 10 * LONGEST
LARGEST = 10**15

_SIZE = pattern(r"[0-9]+(x[0-9]+)+\Z")
_WHOLE = pattern(r"-?(0|[1-9][0-9]*(_[0-9]+)*)\Z")
_REAL = pattern(r"-?(0|[1-9][0-9]*)(\.[0-9]*([eE]\+?[0-9]+)?|[eE]\+?[0-9]+)\Z")
_WORD = pattern(r"[A-Za-z0-9_][\w.\-]*\Z")
_LEADING_ZERO = pattern(r"(?<![\w.])(?<![0-9.][eE][-+])0[0-9]+(?![\w.])")
_HEXADECIMAL = pattern(r"(?<![\w.])0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)\b")
_THOUSANDS = pattern(r"[1-9][0-9]{0,2}(,[0-9]{3})+\Z")

Lookup = Callable[[str], Value]


class Expression:
    """A parsed expression. `constant` is its value where it names nothing; `steps`: what evaluating
    it takes at most, lists apart."""

    __slots__ = ("constant", "name", "steps", "text", "tree")

    def __init__(self, text: str, tree: ast.expr | None, constant: Value | None = None) -> None:
        self.text = text
        self.tree = tree
        self.constant = constant
        self.name = tree.id if isinstance(tree, ast.Name) else None
        self.steps = 0

    def value(self, lookup: Lookup, budget: Budget) -> Value:
        """Its value. Raises ExpressionError, UnknownNameError, UnknownValueError; TooCostlyError
        beyond the budget."""
        if self.tree is None:
            assert self.constant is not None
            return self.constant
        budget.spend(self.steps)
        try:
            return _evaluate(self.tree, lookup, budget)
        except ZeroDivisionError:
            raise ExpressionError("CNN504", f"`{self.text}` divides by zero") from None
        except OverflowError:
            raise ExpressionError("CNN504", f"`{self.text}` has no value: {_BEYOND}") from None
        except ValueError as error:
            raise ExpressionError("CNN504", f"`{self.text}` has no value: {error}") from None
        except TypeError:
            message = f"`{self.text}` compares what cannot be compared"
            raise ExpressionError("CNN504", message) from None


def literal(text: str) -> bool:
    """Whether `text` is a number as such, with nothing to compute."""
    tree = parse(text).tree
    return tree is None or isinstance(tree, ast.Constant)


@lru_cache(maxsize=2**14)
def parse(text: str) -> Expression:
    """The expression that `text` is. Raises ExpressionError."""
    text = text.strip()
    if len(text) < 20 and _WHOLE.match(text):
        return Expression(text, None, int(text))
    if len(text) < 20 and _REAL.match(text) and (whole := _whole(float(text))) is not None:
        return Expression(text, ast.Constant(whole))
    if len(text) < 60 and _SIZE.match(text):
        return Expression(text, None, tuple(int(size) for size in text.split("x")))
    if text in ("true", "True", "false", "False"):
        return Expression(text, None, text.lower() == "true")
    if len(text) > LONGEST:
        message = f"an expression of {len(text):,} characters; {LONGEST} at most"
        raise ExpressionError("CNN502", message, "name its parts by `let` or `args`")
    _refuse_foreign_numbers(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed: Any = compile(text, "<unknown>", "eval", ast.PyCF_ONLY_AST)
            tree = parsed.body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        if _WORD.match(text):
            return Expression(text, ast.Name(text))
        message = f"`{text}` is neither a number nor an expression" if text else "an empty text"
        raise ExpressionError("CNN502", message, remedy(text)) from None
    found = Expression(text, tree)
    found.steps = _parts(tree, DEEPEST)
    if found.steps > MOST_PARTS:
        message = f"an expression nested more than {DEEPEST} deep"
        raise ExpressionError("CNN502", message, "name its parts by `let` or `args`")
    return found


def _whole(number: float) -> int | None:
    """The whole number that `3.0` and `1e3` are; None of any other."""
    return int(number) if abs(number) <= LARGEST and number.is_integer() else None


def _refuse_foreign_numbers(text: str) -> None:
    """Refuse what YAML or Python would read as a number other than the one it looks like."""
    if _THOUSANDS.match(text):
        hint = f"`{text.replace(',', '_')}` is a number; a size is `3x3`"
        raise ExpressionError("CNN502", f"`{text}` has a comma", hint)
    if zeros := _LEADING_ZERO.search(text):
        number = zeros.group()
        hint = f"`{number.lstrip('0') or '0'}`"
        raise ExpressionError("CNN502", f"`{number}` starts with a zero", hint)
    if foreign := _HEXADECIMAL.search(text):
        hint = f"`{int(foreign.group(), 0)}`"
        raise ExpressionError("CNN502", f"`{foreign.group()}` is not a decimal number", hint)


_REMEDIES = (
    (pattern(r"\d+\s*[xX*×:]\s*\d+"), "a size is `3x3` or `[3, 3]`"),
    (pattern(r"[\d.]+\s*%"), "a share is `0.5`"),
    (pattern(r"[\d.]+\s*[kKMGB]\b"), "write the digits: `25_600`"),
    (pattern(r"&&|\|\||!(?!=)"), "conditions are joined by `and`, `or`, `not`"),
    (pattern(r"[^=!<>]=[^=]"), "`==` compares"),
    (pattern(r"\?"), "`a if condition else b` chooses"),
)


def remedy(text: str) -> str | None:
    """What was probably meant."""
    return next((hint for pattern, hint in _REMEDIES if pattern.search(text)), None)


def _parts(tree: ast.AST, levels: int) -> int:
    """How many values and operations a tree has; too many where it has more levels than that."""
    if levels == 0:
        return MOST_PARTS + 1
    count = 1
    for name in tree._fields:
        value = getattr(tree, name, None)
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, ast.AST) and not isinstance(part, _SIGNS):
                count += _parts(part, levels - 1)
    return count


_SIGNS = (ast.operator, ast.expr_context, ast.unaryop, ast.boolop, ast.cmpop)


def _evaluate(tree: ast.expr, lookup: Lookup, budget: Budget) -> Value:
    rule = _RULES.get(type(tree))
    if rule is None:
        what = _FOREIGN.get(type(tree), f"this ({type(tree).__name__})")
        raise ExpressionError("CNN503", f"an expression may not hold {what}", _ALLOWED)
    return _bounded(rule(tree, lookup, budget))


_ALLOWED = (
    "allowed: numbers, names, `+ - * / // % **`, comparisons, `and`, `or`, `not`, "
    "`a if b else c`, `x[0]`, `x[1:]`, `a.b`, calls"
)

_FOREIGN: dict[type[ast.expr], str] = {
    ast.Lambda: "a `lambda`",
    ast.ListComp: "a loop",
    ast.SetComp: "a loop",
    ast.DictComp: "a loop",
    ast.GeneratorExp: "a loop",
    ast.JoinedStr: "an f-string",
    ast.NamedExpr: "`:=`",
    ast.Starred: "a `*` before a value",
    ast.Set: "`{...}`",
    ast.Dict: "`{...}`",
}


_BEYOND = f"it is beyond {LARGEST:,}"


def _bounded(value: Any) -> Value:
    if isinstance(value, complex):
        raise ValueError("it is not real")
    if isinstance(value, int | float) and not -LARGEST <= value <= LARGEST:
        raise ValueError(_BEYOND)
    return value  # type: ignore[no-any-return]


def _constant(tree: ast.Constant, lookup: Lookup, budget: Budget) -> Any:
    if isinstance(tree.value, bool | int | float | str):
        return tree.value
    raise ExpressionError("CNN503", f"`{tree.value!r}` is not a number")


def _name(tree: ast.Name, lookup: Lookup, budget: Budget) -> Value:
    if tree.id in ("true", "false"):
        return tree.id == "true"
    try:
        return lookup(tree.id)
    except KeyError:
        raise UnknownNameError(tree.id) from None


_BINARY: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
}


def _binary(tree: ast.BinOp, lookup: Lookup, budget: Budget) -> Any:
    if type(tree.op) not in _BINARY:
        power = isinstance(tree.op, ast.BitXor)
        hint = "`**` is a power" if power else _ALLOWED
        raise ExpressionError("CNN503", "this operator is not allowed", hint)
    sign, compute = _BINARY[type(tree.op)]
    first, second = _evaluate(tree.left, lookup, budget), _evaluate(tree.right, lookup, budget)
    if sign == "+" and isinstance(first, tuple) and isinstance(second, tuple):
        budget.spend(len(first) + len(second))
        return first + second
    left, right = number(first, sign), number(second, sign)
    if sign == "**" and abs(right) > 64:
        raise ExpressionError("CNN504", f"an exponent of {right:,} is beyond 64")
    return compute(left, right)


def _unary(tree: ast.UnaryOp, lookup: Lookup, budget: Budget) -> Any:
    value = _evaluate(tree.operand, lookup, budget)
    if isinstance(tree.op, ast.Not):
        return not truth(value, "not")
    if isinstance(tree.op, ast.Invert):
        raise ExpressionError("CNN503", "this operator is not allowed", "`not`")
    return -number(value, "-") if isinstance(tree.op, ast.USub) else number(value, "+")


def _boolean(tree: ast.BoolOp, lookup: Lookup, budget: Budget) -> bool:
    owner = "and" if isinstance(tree.op, ast.And) else "or"
    values = (truth(_evaluate(value, lookup, budget), owner) for value in tree.values)
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


_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def _compare(tree: ast.Compare, lookup: Lookup, budget: Budget) -> bool:
    left = _evaluate(tree.left, lookup, budget)
    for sign, operand in zip(tree.ops, tree.comparators, strict=True):
        right = _evaluate(operand, lookup, budget)
        if type(sign) not in _COMPARISONS:
            raise ExpressionError("CNN503", "`is` is not allowed", "`==`")
        if isinstance(sign, _ORDER):
            refuse_word(left)
            refuse_word(right)
        _weigh(left, budget)
        _weigh(right, budget)
        if not _COMPARISONS[type(sign)](left, right):
            return False
        left = right
    return True


def _choice(tree: ast.IfExp, lookup: Lookup, budget: Budget) -> Value:
    chosen = tree.body if truth(_evaluate(tree.test, lookup, budget), "if") else tree.orelse
    return _evaluate(chosen, lookup, budget)


def _list(tree: ast.List | ast.Tuple, lookup: Lookup, budget: Budget) -> Value:
    found = tuple(_evaluate(item, lookup, budget) for item in tree.elts)
    _weigh(found, budget)
    return found


def _weigh(value: Value, budget: Budget) -> None:
    """Count what is in a list, where it is looked through."""
    if isinstance(value, tuple):
        budget.spend(elements(value, budget.steps))


def _subscript(tree: ast.Subscript, lookup: Lookup, budget: Budget) -> Value:
    values = _evaluate(tree.value, lookup, budget)
    if not isinstance(values, tuple):
        hint = f"`all({values})[0]`" if getattr(values, "layer", None) else None
        raise ExpressionError("CNN504", f"`[...]` picks from a list, got {named(values)}", hint)
    if isinstance(tree.slice, ast.Slice):
        return _part(values, tree.slice, lookup, budget)
    index = _place(tree.slice, lookup, budget)
    if not -len(values) <= index < len(values):
        message = f"the list has {counted(len(values), 'value')}, there is no [{index}]"
        raise ExpressionError("CNN504", message, "the first is `[0]`")
    return values[index]  # type: ignore[no-any-return]


def _part(values: tuple[Any, ...], part: ast.Slice, lookup: Lookup, budget: Budget) -> Value:
    """Some of a list: `x[1:]`."""
    if part.step is not None:
        raise ExpressionError("CNN503", "a slice has no step", "`x[1:]`")
    first = _place(part.lower, lookup, budget) if part.lower else None
    last = _place(part.upper, lookup, budget) if part.upper else None
    found = values[first:last]
    budget.spend(len(found))
    return found


def _place(tree: ast.expr, lookup: Lookup, budget: Budget) -> int:
    """A place in a list."""
    index = _evaluate(tree, lookup, budget)
    if isinstance(index, int) and not isinstance(index, bool):
        return index
    message = f"`[...]` wants a whole number, got {named(index)}"
    raise ExpressionError("CNN504", message, "the first is `[0]`")


def _output(tree: ast.Attribute, lookup: Lookup, budget: Budget) -> Value:
    """What an item gives beside its output: `rpn.scores`."""
    word = _evaluate(tree.value, lookup, budget)
    if not isinstance(word, Word):
        hint = f"`.` picks an output of a layer, got {named(word)}"
        raise ExpressionError("CNN503", "an expression may not hold a `.`", hint)
    refuse_word(word)
    if word.layer is None:
        raise UnknownNameError(word)
    found = output(word, tree.attr)
    _weigh(found, budget)
    return found


def _call(tree: ast.Call, lookup: Lookup, budget: Budget) -> Any:
    if isinstance(tree.func, ast.Attribute):
        _evaluate(tree.func, lookup, budget)  # raises: nothing that is behind a `.` can be called
    name = tree.func.id if isinstance(tree.func, ast.Name) else "this"
    if name not in FUNCTIONS:
        hint = f"functions: {', '.join(FUNCTIONS)}"
        raise ExpressionError("CNN503", f"`{name}` cannot be called", hint)
    given = [_evaluate(argument, lookup, budget) for argument in tree.args]
    options = {option.arg: _evaluate(option.value, lookup, budget) for option in tree.keywords}
    for value in given:
        _weigh(value, budget)
        if name == "all" and isinstance(value, Word) and value.layer:
            budget.spend(len(value.layer.runs))
    found = call(name, given, options)
    _weigh(found, budget)
    return found


_RULES: dict[type[ast.expr], Callable[[Any, Lookup, Budget], Any]] = {
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
    ast.Attribute: _output,
    ast.Call: _call,
}
