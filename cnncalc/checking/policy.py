"""Which findings count, and how much: codes that are selected, ignored, or graded anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from cnncalc.diagnostics import Diagnostic, Severity
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

Grade = Severity | Literal["off"]
GRADES: tuple[str, ...] = (*get_args(Severity), "off")

_PREFIX = pattern(r"CNN\d{0,3}\Z")


class Policy(NamedTuple):
    """Codes or their beginnings, `CNN9`; where several match one code, the longest decides.

    select: what is reported; nothing: everything
    ignore: what is not; grades: severities in place of a code's own
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    grades: Mapping[str, Grade] = {}

    def judged(self, diagnostic: Diagnostic) -> Diagnostic | None:
        """The diagnostic with the severity it is to have; None where it is not to be reported."""
        code = diagnostic.code
        if is_fixed(code):
            return diagnostic
        wanted, unwanted = _longest(code, self.select), _longest(code, self.ignore)
        if (self.select and not wanted) or (unwanted and len(unwanted) >= len(wanted)):
            return None
        grade = self.grades.get(_longest(code, self.grades))
        if grade == "off":
            return None
        return diagnostic._replace(severity=grade) if grade else diagnostic


def _longest(code: str, prefixes: Iterable[str]) -> str:
    return max((prefix for prefix in prefixes if code.startswith(prefix)), key=len, default="")


def is_fixed(code: str) -> bool:
    """Whether a fault cannot be ignored: a spec that cannot be read, or settings that cannot."""
    from cnncalc.checking.every_code import CODES  # read only where something is found

    return not CODES[code].ignorable


class Refusal(NamedTuple):
    """Why a text names no code that can be meant, and what to type."""

    message: str
    hint: str


def unknown(prefix: str) -> Refusal | None:
    """Why `prefix` begins no code; None where it does."""
    from cnncalc.checking.every_code import CODES  # read only where someone speaks of codes

    listed = "`cnncalc explain codes` lists them"
    if not _PREFIX.match(prefix):
        upper = prefix.upper()
        hint = (
            f"did you mean `{upper}`?" if _PREFIX.match(upper) else f"a code is `CNN602`; {listed}"
        )
        return Refusal(f"`{prefix}` is no code", hint)
    if not any(code.startswith(prefix) for code in CODES):
        return Refusal(f"there is no diagnostic {prefix}", listed)
    return None


def not_ignorable(prefix: str) -> Refusal | None:
    """Why what `prefix` begins cannot be ignored; None where it can."""
    from cnncalc.checking.every_code import CODES

    refusal = unknown(prefix)
    if refusal:
        return refusal
    if all(is_fixed(code) for code in CODES if code.startswith(prefix)):
        message = f"{prefix} cannot be ignored: what has it cannot be checked"
        return Refusal(message, "mend what it reports; from CNN602 on, codes can be ignored")
    return None
