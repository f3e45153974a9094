"""Expressions: what each operator and function gives, and all that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from cnncalc.budget import Budget
from cnncalc.language.values.expressions import parse
from cnncalc.language.values.functions import divisible
from cnncalc.language.values.values import ExpressionError, UnknownNameError, Value, Word


class Layer(NamedTuple):
    """A layer in reach."""

    shape: tuple[int, ...]


SKIP = Word.at("skip", None, Layer((16, 8, 9)), {})
VECTOR = Word.at("vector", None, Layer((10,)), {})
WORD = Word.at("relu", None, None, {})
NAMES: Mapping[str, Value] = {
    "a": 7,
    "b": 2,
    "half": 0.5,
    "yes_": True,
    "depths": (2, 3, 4),
    "skip": SKIP,
    "vector": VECTOR,
    "act": WORD,
}


def value(text: str) -> Value:
    return parse(text).value(NAMES.__getitem__, Budget())


VALUES: dict[str, Value] = {
    # numbers, as they are written
    "3": 3,
    "-3": -3,
    "+3": 3,
    "1_000": 1_000,
    "0": 0,
    "0.5": 0.5,
    ".5": 0.5,
    "1e3": 1_000,
    "3.0": 3,
    "-2.": -2,
    "1e0": 1,
    "2.5": 2.5,
    "1.5e1": 15,
    "1e-05": 0.00001,
    "1E-05": 0.00001,
    "2.5e-07": 0.00000025,
    "1e+08": 100_000_000,
    "1e-05 * 2": 2e-05,
    "64 * 0.5": 32.0,
    "1e-3": 0.001,
    "3x5": (3, 5),
    "3x224x224": (3, 224, 224),
    "0x3": (0, 3),
    "[1, 7]": (1, 7),
    "1, 7": (1, 7),
    "[[0, 1], [2, 3]]": ((0, 1), (2, 3)),
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    # arithmetic
    "a + b": 7 + 2,
    "a - b": 7 - 2,
    "4 * a": 4 * 7,
    "a / b": 7 / 2,
    "a // b": 7 // 2,
    "-a // b": -4,
    "a % b": 7 % 2,
    "a ** b": 7**2,
    "2 ** -1": 0.5,
    "(a + b) * b": (7 + 2) * 2,
    "- - a": 7,
    "half * a": 3.5,
    # comparisons and conditions
    "a == 7": True,
    "a != 7": False,
    "a < b": False,
    "a <= 7": True,
    "a > b": True,
    "a >= 8": False,
    "1 < b < a": True,
    "1 < a < b": False,
    "a in [1, 7]": True,
    "a not in [1, 7]": False,
    "not a == 7": False,
    "a > b and b > a": False,
    "a > b or 1 // 0 == 1": True,
    "b > a and 1 // 0 == 1": False,
    "2 if a == 7 else 1": 2,
    "1 // 0 if b > a else 1": 1,
    "yes_ and not false": True,
    "true == yes_": True,
    "act == 'relu'": True,
    "act in ['relu', 'tanh']": True,
    "'gelu' == act": False,
    "depths == [2, 3, 4]": True,
    # lists
    "depths[0]": 2,
    "depths[-1]": 4,
    "[5, 6][b - 1]": 6,
    "[[1, 2], [3, 4]][1][0]": 3,
    "depths": (2, 3, 4),
    # functions
    "min(a, b)": 2,
    "max(a, b, 9)": 9,
    "min([3, 1])": 1,
    "max(depths)": 4,
    "round(2.5)": 2,
    "round(3.5)": 4,
    "round(2.25, 1)": 2.2,
    "round(7)": 7,
    "ceil(2.1)": 3,
    "floor(2.9)": 2,
    "floor(-2.1)": -3,
    "sqrt(16)": 4.0,
    "int(2.9)": 2,
    "int(-2.9)": -2,
    "divisible(37)": 40,
    "divisible(24 * 1.4)": 32,
    "divisible(a, by=4)": 8,
    "divisible(a, 2)": 8,
    "channels(skip)": 16,
    "height(skip)": 8,
    "width(skip)": 9,
    "2 * channels(skip)": 2 * 16,
    "channels(vector)": 10,
    # names
    "a": 7,
    " a ": 7,
    "act": "relu",
}


@pytest.mark.parametrize(("text", "expected"), VALUES.items(), ids=VALUES)
def test_value(text: str, expected: Value) -> None:
    found = value(text)
    assert found == expected
    assert isinstance(found, str) or type(found) is type(expected)


@pytest.mark.parametrize("word", ["hard_swish", "3a", "1e", "4e5x", "5x5-reduce", "class"])
def test_word(word: str) -> None:
    assert parse(word).name == word


# value, by, the result of `_make_divisible` in the authors' code for MobileNetV2
DIVISIBLE = [
    (32 * 1.4, 8, 48),
    (16 * 0.35, 8, 8),
    (24 * 0.35, 8, 8),
    (32 * 0.75, 8, 24),
    (96 * 0.35, 8, 32),
    (1280 * 1.4, 8, 1792),
    (12, 8, 16),
    (11, 8, 16),  # 8 is more than a tenth below 11
    (17, 8, 16),
    (3, 8, 8),
    (100, 1, 100),
]


@pytest.mark.parametrize(("number", "by", "expected"), DIVISIBLE)
def test_divisible(number: float, by: int, expected: int) -> None:
    assert divisible(number, by) == expected
    assert expected % by == 0
    assert expected >= 0.9 * number


REFUSED: dict[str, tuple[str, str]] = {
    # not an expression
    "010": ("CNN502", "`010` starts with a zero"),
    "a + 007": ("CNN502", "`007` starts with a zero"),
    "0xff": ("CNN502", "`0xff` is not a decimal number"),
    "0b11": ("CNN502", "`0b11` is not a decimal number"),
    "0o17": ("CNN502", "`0o17` is not a decimal number"),
    "1:30": ("CNN502", "`1:30` is neither a number nor an expression"),
    "1,000": ("CNN502", "`1,000` has a comma"),
    "a +": ("CNN502", "`a +` is neither a number nor an expression"),
    "(a": ("CNN502", "`(a` is neither a number nor an expression"),
    "a b": ("CNN502", "`a b` is neither a number nor an expression"),
    "a = 7": ("CNN502", "`a = 7` is neither a number nor an expression"),
    "": ("CNN502", "an empty text"),
    "1 +" * 100: ("CNN502", "an expression of 300 characters; 200 at most"),
    "a" * 10_000: ("CNN502", "an expression of 10,000 characters; 200 at most"),
    "(" * 99 + "1" + ")" * 99 + "+": ("CNN502", "`" + "(" * 99 + "1"),
    "-" * 60 + "1": ("CNN502", "an expression nested more than 50 deep"),
    # not allowed
    "__import__('os')": ("CNN503", "`__import__` cannot be called"),
    "open('/etc/passwd')": ("CNN503", "`open` cannot be called"),
    "a.real": ("CNN503", "an expression may not hold a `.`"),
    "(1).__class__": ("CNN503", "an expression may not hold a `.`"),
    "depths.append(1)": ("CNN503", "an expression may not hold a `.`"),
    "lambda: 1": ("CNN503", "an expression may not hold a `lambda`"),
    "[x for x in depths]": ("CNN503", "an expression may not hold a loop"),
    "max(x for x in depths)": ("CNN503", "an expression may not hold a loop"),
    "{1: 2}": ("CNN503", "an expression may not hold `{...}`"),
    "{1, 2}": ("CNN503", "an expression may not hold `{...}`"),
    "f'{a}'": ("CNN503", "an expression may not hold an f-string"),
    "(x := 3)": ("CNN503", "an expression may not hold `:=`"),
    "max(*depths)": ("CNN503", "an expression may not hold a `*` before a value"),
    "a is b": ("CNN503", "`is` is not allowed"),
    "a ^ b": ("CNN503", "this operator is not allowed"),
    "a | b": ("CNN503", "this operator is not allowed"),
    "a << b": ("CNN503", "this operator is not allowed"),
    "a @ b": ("CNN503", "this operator is not allowed"),
    "~a": ("CNN503", "this operator is not allowed"),
    "max(1)(2)": ("CNN503", "`this` cannot be called"),
    "None": ("CNN503", "`None` is not a number"),
    "...": ("CNN503", "`Ellipsis` is not a number"),
    "3j": ("CNN503", "`3j` is not a number"),
    "b'a'": ("CNN503", "`b'a'` is not a number"),
    # no value
    "1 / 0": ("CNN504", "`1 / 0` divides by zero"),
    "1 // 0": ("CNN504", "`1 // 0` divides by zero"),
    "1 % 0": ("CNN504", "`1 % 0` divides by zero"),
    "0 ** -1": ("CNN504", "`0 ** -1` divides by zero"),
    "divisible(3, 0)": ("CNN504", "`by` is a whole number of at least 1"),
    "divisible(3, 0.5)": ("CNN504", "`by` is a whole number of at least 1"),
    "9**9**9": ("CNN504", "an exponent of 387,420,489 is beyond 64"),
    "10 ** 64": ("CNN504", "beyond 1,000,000,000,000,000"),
    "10**15 + 1": ("CNN504", "beyond 1,000,000,000,000,000"),
    "99999999999999999999": ("CNN504", "beyond 1,000,000,000,000,000"),
    "1e400": ("CNN504", "beyond 1,000,000,000,000,000"),
    "10.0 ** 64 ** 1": ("CNN504", "beyond 1,000,000,000,000,000"),
    "1e400 - 1e400": ("CNN504", "beyond 1,000,000,000,000,000"),
    "(-8) ** 0.5": ("CNN504", "it is not real"),
    "sqrt(-1)": ("CNN504", "a negative number has no root"),
    "round(a, -1000000000000)": ("CNN504", "`round` keeps 0 to 15 decimals"),
    "round(a, 0.5)": ("CNN504", "`round` keeps 0 to 15 decimals"),
    "True + 1": ("CNN504", "`+` wants numbers, got `true`"),
    "-true": ("CNN504", "`-` wants numbers, got `true`"),
    "depths + 1": ("CNN504", "`+` wants numbers, got `[2, 3, 4]`"),
    "'a' + 'b'": ("CNN504", "`+` wants numbers, got `a`"),
    "'a' * 1000": ("CNN504", "`*` wants numbers, got `a`"),
    "depths * 1000000": ("CNN504", "`*` wants numbers, got `[2, 3, 4]`"),
    "skip * 2": ("CNN504", "`*` wants numbers, got the layer `skip`"),
    "depths[3]": ("CNN504", "the list has 3 values, there is no [3]"),
    "depths[-4]": ("CNN504", "the list has 3 values, there is no [-4]"),
    "depths[0.5]": ("CNN504", "`[...]` wants a whole number, got `0.5`"),
    "depths[true]": ("CNN504", "`[...]` wants a whole number, got `true`"),
    "a[0]": ("CNN504", "`[...]` picks from a list, got `7`"),
    "depths < 3": ("CNN504", "compares what cannot be compared"),
    "1 in a": ("CNN504", "compares what cannot be compared"),
    "1 and true": ("CNN504", "`and` wants `true` or `false`, got `1`"),
    "not 0": ("CNN504", "`not` wants `true` or `false`, got `0`"),
    "1 if a else 2": ("CNN504", "`if` wants `true` or `false`, got `7`"),
    "min(1, 2, key=3)": ("CNN504", "`min` has no option `key`"),
    "max(1, 2, **a)": ("CNN504", "`max` has no option `**`"),
    "min()": ("CNN504", "`min` does not take 0 arguments"),
    "min(3)": ("CNN504", "`min` does not take 1 argument"),
    "sqrt(1, 2)": ("CNN504", "`sqrt` does not take 2 arguments"),
    "ceil(depths)": ("CNN504", "`ceil` wants numbers, got `[2, 3, 4]`"),
    "channels(3)": ("CNN504", "`channels(...)` wants the name of a layer, got `3`"),
    "height(vector)": ("CNN504", "`vector` is 10, it has no height"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=[t[:40] for t in REFUSED])
def test_refused(text: str, expected: tuple[str, str]) -> None:
    code, message = expected
    with pytest.raises(ExpressionError) as refused:
        value(text)
    assert refused.value.code == code
    assert message in refused.value.message


@pytest.mark.parametrize("text", ["2 * c", "min(a, c)", "2 * nan", "-inf", "a if c else b"])
def test_unknown_name(text: str) -> None:
    with pytest.raises(UnknownNameError):
        value(text)


@pytest.mark.parametrize("text", ["2 * act", "act > 3", "not act", "channels(act)", "-act"])
def test_word_where_a_value_is_wanted_is_an_unknown_name(text: str) -> None:
    with pytest.raises(UnknownNameError, match="relu"):
        value(text)
