"""Which tensor of another program each weight of a spec is, as a file: one line a tensor.

    # ours                theirs                    permutation
    conv1.weight          stem.conv.weight
    linear.weight         fc.weight                 (1,0)
    attention.in_proj     q.weight,k.weight         (1,0)
    key.weight            qkv.weight                [64:128] *0.125

A line is our name, theirs, and how their numbers become ours, in this order: several of theirs, by
commas, one behind the other along the first dimension; `[a:b]`, of that only the places from a to
b; `(1,0)`, the dimensions in that order; `*f`, all numbers times f. What comes of it is seen in our
shape. A name that holds spaces, commas, quotes or `#`, or begins like what may follow it, stands in
double quotes, as in JSON. A `#` begins a comment; empty lines say nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite

from cnncalc.importing.drafts import Origin
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple
from cnncalc.text import json_document

HEAD = "# ours", "theirs", "permutation"

MOST_LINES = 1_000_000
LONGEST_LINE = 20_000
MOST_DIMENSIONS = 8
LONGEST_QUOTE = 40

PLAIN = r"[^\s\",#\[\](){}*]+"
QUOTED = r'"(?:[^"\\]|\\.)*"'
NAME = rf"(?:{QUOTED}|{PLAIN})"
TOKENS = pattern(
    rf"(?P<names>{NAME}(?:,{NAME})*)"
    r"|(?P<part>\[(\d{1,12}):(\d{1,12})\])"
    r"|(?P<order>\((\d(?:,\d)*)\))"
    r"|(?P<factor>\*([-+]?[0-9.][0-9.eE+-]*))"
)
PARTS = ("part", "order", "factor")
"""What may stand behind the names, in this order."""


class MapProblem(NamedTuple):
    """What is wrong with a line, and where, both from 1; hint: what would help."""

    line: int
    column: int
    what: str
    hint: str = ""

    def lines(self, file: str) -> list[str]:
        """As a person reads it."""
        said = f"{file}:{self.line}:{self.column}: {self.what}"
        return [said, *([f"  = hint: {self.hint}"] if self.hint else [])]


class WeightMapError(Exception):
    """A text is no map; `problems` has all that is wrong with it."""

    def __init__(self, problems: Iterable[MapProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} of its lines cannot be read")


def written_map(
    origins: Mapping[str, Origin],
    notes: Mapping[str, str] | None = None,
    remarks: Sequence[str] = (),
) -> str:
    """The text of a map, its columns aligned; notes: comments on lines, by our names; remarks:
    comments below them."""
    known = notes or {}
    rows = [HEAD, *((quoted(ours), *_columns(origin)) for ours, origin in origins.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    behind = ["", *(f"  # {known[name]}" if name in known else "" for name in origins)]
    lines = (
        f"{ours:{widths[0]}}  {theirs:{widths[1]}}  {rest}".rstrip() + note
        for (ours, theirs, rest), note in zip(rows, behind, strict=True)
    )
    return "".join(f"{line}\n" for line in (*lines, *(f"# {remark}" for remark in remarks)))


def _columns(origin: Origin) -> tuple[str, str]:
    """Theirs, and how it becomes ours."""
    said = []
    if origin.part:
        said.append("[{}:{}]".format(*origin.part))
    if origin.order:
        said.append(f"({','.join(map(str, origin.order))})")
    if origin.factor != 1:
        said.append(f"*{origin.factor!r}")
    return ",".join(map(quoted, origin.tensors)), " ".join(said)


def quoted(name: str) -> str:
    """A name as it stands in a map."""
    return name if re.fullmatch(PLAIN, name) else json_document(name).strip()


def read_map(text: str) -> dict[str, Origin]:
    """Where each of our weights comes from. Raises WeightMapError."""
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > MOST_LINES:
        what = f"{len(lines):,} lines are more than the {MOST_LINES:,} that a map may have"
        raise WeightMapError([MapProblem(MOST_LINES + 1, 1, what)])
    reader = _MapReading()
    for number, line in enumerate(lines, start=1):
        reader.read(number, line)
    if reader.problems:
        raise WeightMapError(reader.problems)
    return reader.origins


class _MapReading:
    """A map as it is read."""

    def __init__(self) -> None:
        self.origins: dict[str, Origin] = {}
        self.problems: list[MapProblem] = []
        self.places: dict[str, int] = {}

    def read(self, number: int, line: str) -> None:
        """One line; what is wrong with it is noted."""
        try:
            found = _line(line)
        except _WrongError as wrong:
            self.problems.append(MapProblem(number, wrong.at + 1, str(wrong), wrong.hint))
            return
        if found is None:
            return
        ours, origin, at = found
        if ours in self.places:
            what = f"`{_short(ours)}` has a tensor already, by line {self.places[ours]}"
            self.problems.append(MapProblem(number, at + 1, what))
        else:
            self.places[ours] = number
            self.origins[ours] = origin


class _WrongError(Exception):
    def __init__(self, what: str, at: int, hint: str = "") -> None:
        super().__init__(what)
        self.at, self.hint = at, hint


def _line(line: str) -> tuple[str, Origin, int] | None:
    """Our name, where it comes from, and where the name stands; None of a line that says nothing.
    Raises _WrongError."""
    if len(line) > LONGEST_LINE:
        raise _WrongError(f"a line of {len(line):,} characters", LONGEST_LINE)
    found = list(_tokens(line))
    if not found:
        return None
    names = [token for token in found if token["names"] is not None]
    if len(names) != 2 or found[:2] != names:
        stray = names[2] if len(names) > 2 else found[-1]
        hint = "`conv1.weight stem.conv.weight`"
        raise _WrongError("a line is our name, theirs, and what to do with it", stray.start(), hint)
    ours = _names(names[0])
    if len(ours) != 1:
        raise _WrongError(
            "our name is one", names[0].start(), "several of theirs can be one of ours"
        )
    sorts = [next(sort for sort in PARTS if token[sort]) for token in found[2:]]
    if sorts != [sort for sort in PARTS if sort in sorts]:
        hint = "`[a:b]`, `(1,0)`, `*f`, in this order, each at most once"
        raise _WrongError("these do not follow one another so", found[2].start(), hint)
    given = dict(zip(sorts, found[2:], strict=True))
    origin = Origin(_names(names[1]), _order(given.get("order")), part=_part(given.get("part")))
    return ours[0], origin._replace(factor=_factor(given.get("factor"))), names[0].start()


def _tokens(line: str) -> Iterator[re.Match[str]]:
    at, end = 0, len(line)
    while at < end:
        if line[at].isspace():
            at += 1
            continue
        if line[at] == "#":
            return
        found = TOKENS.match(line, at)
        if found is None or (found.end() < end and not re.match(r"[\s#]", line[found.end() :])):
            stray = found.end() if found else at
            hint = "a name with such a character stands in double quotes"
            raise _WrongError(f"`{_short(line[stray:])}` is no part of a map", stray, hint)
        yield found
        at = found.end()


def _names(token: re.Match[str]) -> tuple[str, ...]:
    """Those of a token, by commas. Raises _WrongError."""
    try:
        return tuple(
            json.loads(each) if each.startswith('"') else each
            for each in re.findall(NAME, token["names"])
        )
    except ValueError:
        raise _WrongError(
            f"`{_short(token[0])}` is no text as JSON has it", token.start()
        ) from None


def _part(token: re.Match[str] | None) -> tuple[int, int] | None:
    if token is None:
        return None
    begin, end = map(int, token["part"][1:-1].split(":"))
    if begin >= end:
        raise _WrongError(f"nothing lies from {begin} to {end}", token.start())
    return begin, end


def _order(token: re.Match[str] | None) -> tuple[int, ...] | None:
    if token is None:
        return None
    found = tuple(map(int, token["order"][1:-1].split(",")))
    if sorted(found) != list(range(len(found))) or len(found) > MOST_DIMENSIONS:
        what = f"`{_short(token[0])}` is no order of dimensions, each once from 0"
        raise _WrongError(what, token.start(), "`(1,0)` of two")
    return found


def _factor(token: re.Match[str] | None) -> float:
    if token is None:
        return 1.0
    try:
        found = float(token["factor"][1:])
    except ValueError:
        found = float("inf")
    if not isfinite(found):
        raise _WrongError(f"`{_short(token[0])}` is no finite number", token.start())
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}..."
