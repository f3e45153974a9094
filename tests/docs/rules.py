"""The page of the diagnostic codes, and on how many networks of the zoo each rule of design advice
speaks."""

from __future__ import annotations

from functools import cache
from textwrap import fill

from cnncalc.analysis import analyze
from cnncalc.analysis.lint import RULES, advise
from cnncalc.checking.every_code import CODES
from cnncalc.codes.page import Page
from cnncalc.language.load import load
from cnncalc.zoo import networks

HUNDREDS = {
    "1": "YAML and files",
    "2": "Fields",
    "3": "Wiring",
    "4": "Shapes",
    "5": "Blocks and expressions",
    "6": "Expectations and budgets",
    "7": "Settings",
    "8": "Comments to cnncalc",
    "9": "Design advice",
}
SEVERITIES = {rule.code: rule.severity for rule in RULES}


@cache
def advice_on_the_zoo() -> dict[str, frozenset[str]]:
    """Of each network, the codes of what is said."""
    return {
        name: frozenset(found.code for found in advise(analyze(load(path))))
        for name, path in networks().items()
    }


def told_of(code: str) -> list[str]:
    """The networks of the zoo that a rule speaks of."""
    return [name for name, codes in advice_on_the_zoo().items() if code in codes]


def codes_table() -> str:
    """A line for each code; of design advice, how serious and how frequent it is."""
    rows = ["| code | what it says | severity | in the zoo |", "| --- | --- | --- | --- |"]
    for code, page in CODES.items():
        severity = SEVERITIES.get(code, "error")
        anchor = f"{code} {page.title}".lower().replace(" ", "-")
        rows.append(f"| [{code}](#{_anchor(anchor)}) | {page.title} | {severity} | {_zoo(code)} |")
    return "\n".join(rows)


def _anchor(title: str) -> str:
    return "".join(sign for sign in title if sign.isalnum() or sign in "-_")


def _zoo(code: str) -> str:
    """`fires on 3 of 75`; of errors, nothing: every network of the zoo is sound."""
    return f"fires on {len(told_of(code))} of {len(networks())}" if code in SEVERITIES else ""


def code_pages() -> str:
    """Every code's page, under the title of its hundred."""
    parts = []
    for digit, title in HUNDREDS.items():
        codes = [code for code in CODES if code[3] == digit]
        if codes:
            parts += [f"## {title}", *(_page(code, CODES[code]) for code in codes)]
    return "\n\n".join(parts)


def _page(code: str, page: Page) -> str:
    parts = [f"### {code} {page.title}", fill(page.explanation, 100)]
    if code in SEVERITIES:
        known = told_of(code)
        named = f": {', '.join(f'`{name}`' for name in known)}" if known else ""
        sentence = f"A {SEVERITIES[code]}; {_zoo(code)} networks of the zoo{named}."
        parts.append(fill(sentence, 100))
    parts += ["Instead of", _block(page.bad), "write", _block(page.good)]
    return "\n\n".join(parts)


def _block(text: str) -> str:
    """An example, not run as those of other pages are: the tests of the codes do."""
    return f"```text\n{text.rstrip()}\n```"
