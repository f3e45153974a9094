"""Which findings count: selected, ignored, graded."""

import re

import pytest

from cnncalc.checking.every_code import CODES
from cnncalc.checking.policy import Policy, is_fixed
from cnncalc.diagnostics import Diagnostic, Source, Span

HERE = Span(Source("a.yaml", "relu"), 1, 1, 1, 5)


def judged(code: str, policy: Policy) -> str | None:
    """The severity that an error, or a warning of an 8xx, is left with; None: not reported."""
    severity = "warning" if code.startswith("CNN8") else "error"
    found = policy.judged(Diagnostic(code, HERE, "x", severity=severity))
    return found.severity if found else None


RULES: dict[str, tuple[str, Policy, str | None]] = {
    "nothing said": ("CNN602", Policy(), "error"),
    "its own severity": ("CNN801", Policy(), "warning"),
    "selected": ("CNN602", Policy(select=("CNN602",)), "error"),
    "another selected": ("CNN602", Policy(select=("CNN603",)), None),
    "its family selected": ("CNN602", Policy(select=("CNN6",)), "error"),
    "ignored": ("CNN602", Policy(ignore=("CNN602",)), None),
    "its family ignored": ("CNN602", Policy(ignore=("CNN6",)), None),
    "all ignored": ("CNN602", Policy(ignore=("CNN",)), None),
    "selected of a family that is ignored": (
        "CNN602",
        Policy(select=("CNN602",), ignore=("CNN6",)),
        "error",
    ),
    "ignored of a family that is selected": (
        "CNN602",
        Policy(select=("CNN6",), ignore=("CNN602",)),
        None,
    ),
    "selected and ignored": ("CNN602", Policy(select=("CNN6",), ignore=("CNN6",)), None),
    "graded": ("CNN602", Policy(grades={"CNN602": "note"}), "note"),
    "made an error": ("CNN801", Policy(grades={"CNN8": "error"}), "error"),
    "off": ("CNN602", Policy(grades={"CNN602": "off"}), None),
    "the longer grade": ("CNN602", Policy(grades={"CNN602": "note", "CNN6": "off"}), "note"),
    "another's grade": ("CNN602", Policy(grades={"CNN603": "off"}), "error"),
    "the language, not selected": ("CNN202", Policy(select=("CNN602",)), "error"),
    "the language, ignored": ("CNN202", Policy(ignore=("CNN",)), "error"),
    "an expectation that is none": ("CNN601", Policy(ignore=("CNN6",)), "error"),
    "settings": ("CNN702", Policy(grades={"CNN": "off"}), "error"),
}


@pytest.mark.parametrize(("code", "policy", "severity"), RULES.values(), ids=RULES)
def test_rule(code: str, policy: Policy, severity: str | None) -> None:
    assert judged(code, policy) == severity


FIXED = re.compile(r"CNN([1-5]|601|7)")
"""Of files, fields, wiring, shapes, blocks, the form of expectations, and of settings."""


@pytest.mark.parametrize("code", CODES)
def test_what_cannot_be_read_is_fixed(code: str) -> None:
    assert is_fixed(code) == bool(FIXED.match(code))
