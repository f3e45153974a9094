"""A project's settings: `[tool.cnncalc]` of `pyproject.toml`, or `cnncalc.toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from cnncalc.checking.policy import GRADES, Grade, Policy, Refusal, not_ignorable, unknown
from cnncalc.diagnostics import Diagnostics, Source, Span
from cnncalc.later_patterns import pattern
from cnncalc.network.expectation import Expectation
from cnncalc.network.figures import limit, size_in_bytes
from cnncalc.network.metrics import METRICS
from cnncalc.project import (
    FILES,
    LARGEST_SETTINGS,
    OWN_FILE,
    WIDEN,
    leads_out,
    opened,
    table_line,
)
from cnncalc.records import NamedTuple

BUDGETS = tuple(
    f"{bound}_{metric.name}"
    for bound in ("max", "min")
    for metric in METRICS.values()
    if bound in metric.bounds
)
KEYS = ("select", "ignore", "severity", "fits", "budgets", *BUDGETS)

_PLACE = pattern(r"line (\d+), column (\d+)")

Values = Mapping[str, object]
Refuse = Callable[[str], Refusal | None]


class Settings(NamedTuple):
    """What holds for the specs below a folder.

    fits: what training may take, by each recipe; source: the text that says so
    """

    policy: Policy = Policy()
    budgets: tuple[Expectation, ...] = ()
    fits: Expectation | None = None
    source: Source | None = None


NOTHING = Settings()


def read_settings(path: str, name: str, diagnostics: Diagnostics) -> Settings:
    """The settings in a file, shown as `name`; what is wrong in it is reported, and left out."""
    start = Span(Source(name, ""), 1, 1, 1, 1)
    if leads_out(path):
        diagnostics.error("CNN112", start, "the settings are outside of the project", WIDEN)
        return NOTHING
    text = _text(path)
    if isinstance(text, Refusal):
        message = f"the settings cannot be read: {text.message}"
        diagnostics.error("CNN701", start, message, text.hint or None)
        return NOTHING
    return parse(Source(name, text), diagnostics)


def _text(path: str) -> str | Refusal:
    """What a settings file holds, or why that cannot be said."""
    if os.path.basename(os.path.realpath(path)) not in FILES:
        # whatever it is, its lines are not for a report
        return Refusal("a link to a file of another name", f"name it `{OWN_FILE}` there, too")
    try:
        with opened(path) as file:
            data = file.read(LARGEST_SETTINGS + 1)
        if len(data) > LARGEST_SETTINGS:
            return Refusal(f"more than {LARGEST_SETTINGS:,} bytes", "")
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Refusal("no UTF-8", "")
    except OSError as error:
        return Refusal((error.strerror or str(error)).lower(), "")


def parse(source: Source, diagnostics: Diagnostics) -> Settings:
    """The settings in a text."""
    from tomllib import loads  # few runs meet a settings file

    try:
        table: object = loads(source.text)
    except (ValueError, RecursionError) as error:
        diagnostics.error("CNN701", _place(str(error), source), f"not TOML: {_reason(error)}")
        return NOTHING
    line = 1
    if not source.name.endswith(OWN_FILE):
        line = table_line(source.text) or 1
        for key in ("tool", "cnncalc"):
            table = table.get(key, {}) if isinstance(table, dict) else {}
    return _SettingsReader(source, Span(source, line, 1, line, 1), diagnostics).settings(table)


def _place(message: str, source: Source) -> Span:
    place = _PLACE.search(message)
    last = max(len(source.lines), 1)
    line, column = (int(place[1]), int(place[2])) if place else (last, 1)
    return Span(source, line, column, line, column)


def _reason(error: Exception) -> str:
    """What keeps a text from being TOML."""
    from tomllib import TOMLDecodeError

    if not isinstance(error, TOMLDecodeError):
        return "nested too deep" if isinstance(error, RecursionError) else "a number is too long"
    text = str(error).partition(" (at ")[0]
    return text[:1].lower() + text[1:]


class _SettingsReader:
    """Reads the table; TOML tells no places, so they are looked for in the text."""

    def __init__(self, source: Source, head: Span, diagnostics: Diagnostics) -> None:
        self.source = source
        self.head = head
        self.diagnostics = diagnostics

    def settings(self, table: object) -> Settings:
        if not isinstance(table, dict):
            self.wrong("cnncalc", "wants a table", "`[tool.cnncalc]`, then a key on each line")
            return NOTHING
        self.report_unknown(table, KEYS, "setting")
        policy = Policy(
            tuple(self.codes(table, "select", unknown)),
            tuple(self.codes(table, "ignore", not_ignorable)),
            dict(self.grades(self.table(table, "severity"))),
        )
        budgets = self.table(table, "budgets")
        self.report_unknown(budgets, BUDGETS, "budget")
        both = (*self.budgets(table), *self.budgets(budgets))
        fits = self.fits(table) if "fits" in table else None
        return Settings(policy, both, fits, self.source)

    def report_unknown(self, table: Values, known: tuple[str, ...], what: str) -> None:
        for key in table:
            if key not in known:
                hint = self.diagnostics.did_you_mean(key, known) or f"{what}s: {', '.join(known)}"
                message = f"there is no {what} `{key}`"
                self.diagnostics.error("CNN702", self.find(key), message, hint)

    def table(self, table: Values, key: str) -> Values:
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        example = 'max_params = "30M"' if key == "budgets" else 'CNN602 = "warning"'
        self.wrong(key, f"wants a table, got {_shown(value)}", f"`{key} = {{{example}}}`")
        return {}

    def codes(self, table: Values, key: str, refuse: Refuse) -> Iterator[str]:
        """The codes in a list of them."""
        values = table.get(key, [])
        if not isinstance(values, list):
            self.wrong(key, f"wants a list of codes, got {_shown(values)}", f'`{key} = ["CNN602"]`')
            return
        for value in values:
            if not isinstance(value, str):
                message = f"wants codes in quotes, got {_shown(value)}"
                self.wrong(key, message, f'`{key} = ["CNN602"]`')
                continue
            refusal = refuse(value)
            if refusal:
                self.refused(refusal, key, value)
            else:
                yield value

    def grades(self, table: Values) -> Iterator[tuple[str, Grade]]:
        for code, grade in table.items():
            refusal = not_ignorable(code)
            if refusal:
                self.refused(refusal, code, code)
            elif grade not in GRADES:
                hint = self.diagnostics.did_you_mean(str(grade), GRADES)
                message = f"wants {', '.join(GRADES[:-1])} or {GRADES[-1]}, got {_shown(grade)}"
                self.wrong(code, message, hint or f'`{code} = "warning"`')
            else:
                yield code, cast(Grade, grade)

    def budgets(self, table: Values) -> Iterator[Expectation]:
        for key in (key for key in table if key in BUDGETS):
            in_bytes = METRICS[key.partition("_")[2]].form == "bytes"
            bound = _bound(table[key], in_bytes)
            if bound is None:
                message = f"wants a number, got {_shown(table[key])}"
                self.wrong(key, message, f'`{key} = "30M"` or `{key} = 30_000_000`')
                continue
            side, _, metric = key.partition("_")
            low, high = (None, bound) if side == "max" else (bound, None)
            yield Expectation(metric, "", str(table[key]), self.find(key), low, high)

    def fits(self, table: Values) -> Expectation | None:
        """A device's memory."""
        size = _bound(table["fits"], in_bytes=True)
        if size:
            text = str(table["fits"])
            return Expectation("training_memory", "", text, self.find("fits"), None, size)
        fact = f"wants a size, got {_shown(table['fits'])}"
        self.wrong("fits", fact, '`fits = "24GiB"`')
        return None

    def wrong(self, key: str, fact: str, hint: str) -> None:
        self.diagnostics.error("CNN703", self.find(key), f"`{key}` {fact}", hint)

    def refused(self, refusal: Refusal, key: str, value: str) -> None:
        at = self.find(value, self.find(key))
        self.diagnostics.error("CNN703", at, refusal.message, refusal.hint)

    def find(self, word: str, after: Span | None = None) -> Span:
        """Where a key, or a value behind its key, is written; the table's head where it is not
        found, as of a key that TOML writes with escapes."""
        whole = rf"(?<![\w-]){re.escape(word)}(?![\w-])"
        pattern = re.compile(whole if after else rf"{whole}(?=[\"']?\s*[=.\]])")
        first = after or self.head
        for number, line in enumerate(self.source.lines[first.line - 1 :], first.line):
            start = first.column - 1 if number == first.line else 0
            found = pattern.search(line.partition("#")[0], start)
            if found:
                return Span(self.source, number, found.start() + 1, number, found.end() + 1)
        return first


def _bound(value: object, in_bytes: bool) -> float | None:
    """A budget's number: `30_000_000`, `"30M"`; of bytes also `"24GiB"`."""
    if isinstance(value, str):
        found = limit(value)
        return size_in_bytes(value) if found is None and in_bytes else found
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value < float("inf") else None


def _shown(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return f"`{value}`"
