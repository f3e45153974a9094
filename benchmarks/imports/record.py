"""The record of a survey, from the tables that it filled.

python -m benchmarks.imports.record torchvision.csv timm.csv --of 115 1371 --with-site FOLDER

Of each library a table of the results, by room and in all; then what stands in the way of those
that are not exact, in the order of how many it stops. `--of N` says how many models a library has,
where a table is not whole.
"""

from __future__ import annotations

import argparse
import csv
import platform
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path
from statistics import median

Row = dict[str, str]

LIBRARIES = ("torch", "torchvision", "timm")
LISTED = 40
CLOSE = 1e-5


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--of", nargs="+", type=int, help="models there are, for each table")
    parser.add_argument("--with-site", default="", help="a folder with the libraries")
    given = parser.parse_args()
    print("\n".join(heading(given.with_site)))
    counts = given.of or [0] * len(given.tables)
    for table, count in zip(given.tables, counts, strict=True):
        with table.open(newline="") as file:
            found = list(csv.DictReader(file))
        print("\n".join(section(table.stem, found, count or len(found))))


MEANING = """\
Exact means: the text was read again, its layers, wiring and shapes are those of what was traced,
its parameters are as many as the module's own but for those that inference never uses, which are
named, and its MACs are half of what `FlopCounterMode` counts of one sample. Blocked are those that
are refused with all that stands in the way; different those of which something was written that was
not the model, which nobody gets to see. Outputs are the largest difference between what the model
and the lowered network with its weights give, over the largest number that the model gives.
"""


def heading(site: str) -> Iterator[str]:
    """When and with what it was measured, and what the words mean."""
    yield from (f"# Models of other libraries imported, {date.today()}", "")
    folders = [*sys.path, *([site] if site else [])]
    found = {each.name.lower(): each.version for each in metadata.distributions(path=folders)}
    versions = (f"{name} {found[name]}" for name in LIBRARIES if name in found)
    yield f"- Python {platform.python_version()}, {', '.join(versions)}, on {platform.machine()}"
    yield "- the tables that `python -m benchmarks.imports LIBRARY -o TABLE` filled: a process for"
    yield "  each model, one of each file of models first"
    yield from ("", MEANING)


def section(name: str, found: Sequence[Row], count: int) -> Iterator[str]:
    """What came of the models of a library."""
    yield from (f"## {name}", "", f"{len(found):,} of {count:,} models were tried.", "")
    yield from results(found)
    yield ""
    for line in (*published(found), *outputs(found), *lines(found), *seconds(found)):
        yield f"- {line}"
    yield from ("", *stated(found), *blockers(found), *others(found))


ROOMS = {"torchvision.models.segmentation": "segmentation", "torchvision.models.video": "video"}


def room(row: Row) -> str:
    """Of a model of torchvision's, as its documentation has them; none of others."""
    home = row["file"]
    if not home.startswith("torchvision"):
        return "all"
    return next((word for start, word in ROOMS.items() if home.startswith(start)), "classification")


RESULTS = ("exact", "blocked", "different", "not traced", "late", "failed")


def results(found: Sequence[Row]) -> Iterator[str]:
    """How many of each room came to what."""
    yield f"| models | tried | {' | '.join(RESULTS)} |"
    yield "| --- " * (len(RESULTS) + 2) + "|"
    for each in dict.fromkeys(map(room, found)):
        own = Counter(row["result"] for row in found if room(row) == each)
        cells = (str(own[result]) for result in RESULTS)
        yield f"| {each} | {own.total()} | {' | '.join(cells)} |"


def published(found: Sequence[Row]) -> Iterator[str]:
    """Rows of the library's own table that are the model's."""
    told = [row["published"].partition(";")[0].split(" of ") for row in found if row["published"]]
    if told:
        same, rows = (sum(int(pair[n]) for pair in told) for n in (0, 1))
        yield f"published params and GFLOPS to the last digit: {same} of {rows} rows of weights"


def outputs(found: Sequence[Row]) -> Iterator[str]:
    """The largest difference between what a model and its spec give."""
    told = {row["model"]: float(row["outputs"]) for row in found if _is_number(row["outputs"])}
    if told:
        worst = max(told, key=lambda name: told[name])
        within = sum(each <= CLOSE for each in told.values())
        yield (
            f"outputs: {within} of {len(told)} compared within {CLOSE:g} of the largest, "
            f"at most {told[worst]:.1e} (`{worst}`)"
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def lines(found: Sequence[Row]) -> Iterator[str]:
    """Of the specs, as part of those with a line for each layer."""
    shares = {r["model"]: int(r["written"]) / int(r["flat"]) for r in found if r["written"]}
    if shares:
        longer = sum(each > 1 for each in shares.values())
        middle = median(shares.values())
        yield f"lines, as part of the flat form: {middle:.2f} in the median, {longer} longer"


def seconds(found: Sequence[Row]) -> Iterator[str]:
    """Of a processor, for a model."""
    told = [float(row["seconds"]) for row in found if row["seconds"]]
    if told:
        yield f"seconds of a processor: {median(told):.1f} in the median, {sum(told):,.0f} in all"


def stated(found: Sequence[Row]) -> Iterator[str]:
    """What came of those that are refused, with stated numbers."""
    told = [row for row in found if row.get("stated")]
    if told:
        wrong = [row for row in told if not row["stated"][0].isdigit()]
        good = len(told) - len(wrong)
        yield f"With `--placeholder` {good} of {len(told)} that are refused have a spec."
        yield from (f"- `{row['model']}`: {row['stated']}" for row in wrong)
        yield ""


def blockers(found: Sequence[Row]) -> Iterator[str]:
    """What stands in the way, of how many models, and of how many it alone."""
    blocked = [(row, set(row["why"].split(" | "))) for row in found if row["result"] == "blocked"]
    if not blocked:
        return
    alone = Counter(next(iter(why)) for _, why in blocked if len(why) == 1)
    homes: dict[str, set[str]] = {}
    for row, why in blocked:
        for each in why:
            homes.setdefault(each, set()).add(row["file"].rpartition(".")[2])
    yield from ("| models | it alone | what stands in the way | of |", "| --- | --- | --- | --- |")
    counted = Counter(each for _, why in blocked for each in why).most_common()
    for each, count in counted[:LISTED]:
        where = ", ".join(f"`{home}`" for home in sorted(homes[each])[:5])
        more = f" and {len(homes[each]) - 5} more" if len(homes[each]) > 5 else ""
        yield f"| {count} | {alone[each]} | {each} | {where}{more} |"
    if len(counted) > LISTED:
        yield f"\n{len(counted) - LISTED} others stand in the way of fewer."
    yield ""


def others(found: Sequence[Row]) -> Iterator[str]:
    """Those of which no spec came for another reason, each with it."""
    rest = [row for row in found if row["result"] not in ("exact", "blocked")]
    yield from (f"- `{row['model']}`, {row['result']}: {row['why'][:200]}" for row in rest)
    if rest:
        yield ""


if __name__ == "__main__":
    main()
