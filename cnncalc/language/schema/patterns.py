"""What a spec's texts look like, as regular expressions of JSON Schema (ECMA 262).

They tell an expression from nonsense without evaluating it: values and operators in turn. Names are
not looked up and brackets not counted. A YAML 1.2 reader has turned plain numbers and truths into
such before a pattern is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from keyword import kwlist

from cnncalc.language.text.naming import LONGEST_NAME, RESERVED
from cnncalc.language.values.functions import FUNCTIONS, OPTIONS
from cnncalc.language.values.values import YES_NO

_LETTER = r"A-Za-z_\u00aa-\u00d6\u00d8-\u00f6\u00f8-\uffff"
_IDENTIFIER = f"[{_LETTER}][{_LETTER}0-9]*(?![{_LETTER}0-9])"
_KEYWORDS = [word for word in kwlist if word not in ("True", "False")]


def words(known: Iterable[str]) -> str:
    """Exactly one of some words."""
    return f"^({'|'.join(known)})$"


def no_words(known: Iterable[str]) -> str:
    """Anything but some words."""
    return f"^(?!({'|'.join(known)})$)"


def no_name_but(known: Iterable[str]) -> str:
    """Anything that is more than one name, or one of some names."""
    return f"^(?!{_IDENTIFIER}$)|{words(known)}"


# -- expressions ----------------------------------------------------------------------------

YES_NO_SPELT = [spelling for word in YES_NO for spelling in (word, word.title(), word.upper())]
_NO_FOREIGN = rf"(?!({'|'.join(YES_NO_SPELT)})\s*$)(?![1-9][0-9]{{0,2}}(,[0-9]{{3}})+\s*$)"
_NO_FOREIGN += r"(?![0-9]+(:[0-9]+)+\s*$)"  # `1:30`
_DIGITS = "[0-9]+(_[0-9]+)*"
_NUMBER = (
    r"(?!0[0-9]+(?![\w.]))"  # `010`
    rf"({_DIGITS}(\.({_DIGITS})?)?|\.{_DIGITS})([eE][-+]?[0-9]+)?(?![\w.])"
)
_NAME = rf"(?!({'|'.join(_KEYWORDS)})(?![\w])){_IDENTIFIER}(\.{_IDENTIFIER})*"
_TEXT = "'[^']*'|\"[^\"]*\""
_CALL = rf"({'|'.join(FUNCTIONS)})\s*\("
_OPTION = rf"({'|'.join(OPTIONS.values())})\s*=(?!=)"
_BEFORE = rf"(([-+(\[]|not\b|{_CALL}|{_OPTION})\s*)*"
_OUTPUTS = rf"(\.{_IDENTIFIER})*"
_BEHIND = rf"(\s*([,:]\s*)?(\)|\]{_OUTPUTS}))*"
_VALUE = rf"{_BEFORE}({_NUMBER}|{_NAME}|{_TEXT}|\(\s*\)|\[\s*\]){_BEHIND}"
_SIGN = r"(\*\*|//|[=!<>]=|\[\s*:|[-+*/%<>,:\[]|(not\s+in|and|or|in|if|else)\b)"

EXPRESSION = rf"^\s*{_NO_FOREIGN}{_VALUE}(\s*{_SIGN}\s*{_VALUE})*(\s*,)?\s*$"


def size(minimum: int, fewest: int, most: int) -> str:
    """A size such as `3x3`, of so many axes."""
    one = "0*[1-9][0-9]*" if minimum else "[0-9]+"
    return rf"^\s*{one}(x{one}){{{fewest - 1},{most - 1}}}\s*$"


# -- names ----------------------------------------------------------------------------------

ARGUMENT = rf"^(?!(i|true|false|in_.*|{'|'.join([*RESERVED, *kwlist])})$){_IDENTIFIER}$"
"""What expressions can call by name."""

_NAMED = rf"[0-9{_LETTER}][-+/0-9{_LETTER}]{{0,{LONGEST_NAME - 1}}}"

LAYER = rf"^(?!({'|'.join(RESERVED)})$){_NAMED}$"
"""The name of a layer."""

PATH = rf"^{_NAMED}(\.{_NAMED})*$"
"""What may stand for a layer, or an output of an item."""

REFERENCE = rf"{PATH}|(?=.*[\[(]){EXPRESSION}"
"""What may stand for a layer, picked from a list among them."""
