"""The table of a library's models.

python -m benchmarks.imports torchvision -o torchvision.csv --with-site FOLDER

A process for each model, one after another, with limits of what it computes and holds: a copy of
one that has imported all there is to import already, so that a model costs what it costs by itself.
One of each file of models comes first, then the second of each. A model that the table has already
is not tried again. FOLDER has the libraries, where they are not installed: torchvision's compiled
part need not load, since its models are Python.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks.imports.libraries import names

COLUMNS = (
    *("model", "file", "result", "layers", "params", "macs", "published", "outputs", "flat"),
    *("written", "stated", "seconds", "why"),
)
LISTED = 40
LARGEST = 20.0
"""GMACs of a model whose outputs are computed."""


def main() -> None:
    """Fill the table, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=("torchvision", "timm"))
    parser.add_argument("only", nargs="*", help="models; all, unless given")
    parser.add_argument("-o", "--output", default="imports.csv")
    parser.add_argument("--with-site", default="", help="a folder with the libraries")
    parser.add_argument("--drawn", type=int, help="so many, drawn with a fixed seed")
    parser.add_argument(
        "--outputs",
        type=float,
        nargs="?",
        const=LARGEST,
        default=0,
        help="what both give, too, of models of so many GMACs at most",
    )
    parser.add_argument(
        "--placeholder", action="store_true", help="those that are refused with stated numbers, too"
    )
    parser.add_argument("--limit", type=int, default=120, help="seconds for a model")
    given = parser.parse_args()
    if given.with_site:
        sys.path.append(given.with_site)
    table = Path(given.output)
    begins = not table.exists()
    with table.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        if begins:
            writer.writeheader()
        for row in rows(given, table):
            writer.writerow(row)
            file.flush()
            print(row["model"], row["result"], row.get("why", "")[:100], flush=True)
    print("\n".join(told(table)))


def rows(given: argparse.Namespace, table: Path) -> Iterator[Mapping[str, Any]]:
    """A row for each model that the table lacks."""
    from benchmarks.imports.forked import in_a_process, warmed
    from benchmarks.imports.trying import Asked

    known = {row["model"] for row in read(table)}
    homes = names(given.library)
    missing = [name for name in wanted(given, homes) if name not in known]
    if missing:
        warmed()
    asked = Asked(given.outputs, given.placeholder)
    for name in missing:
        found = in_a_process(given.library, name, asked, given.limit)
        yield {"model": name, "file": homes[name], **found}


def wanted(given: argparse.Namespace, homes: Mapping[str, str]) -> list[str]:
    """The models that are asked for: those of each file in an order that is drawn with a fixed
    seed, the first of all files before the second of any."""
    if given.only:
        return list(given.only)
    chance = random.Random(0)
    files: dict[str, list[str]] = {}
    for name, home in homes.items():
        files.setdefault(home, []).append(name)
    turns = zip_longest(*(chance.sample(each, len(each)) for each in files.values()))
    listed = [name for turn in turns for name in turn if name is not None]
    return listed[: given.drawn]


def read(table: Path) -> list[dict[str, str]]:
    """The rows that a table has."""
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def told(table: Path) -> Iterator[str]:
    """How many came to what, how many models each blocker stands in the way of, and how many of
    them it alone."""
    found = read(table)
    yield str(dict(Counter(row["result"] for row in found)))
    blocked = [set(row["why"].split(" | ")) for row in found if row["result"] == "blocked"]
    alone = Counter(next(iter(each)) for each in blocked if len(each) == 1)
    for why, count in Counter(why for each in blocked for why in each).most_common(LISTED):
        yield f"{count:5} {alone[why]:5} {why}"


if __name__ == "__main__":
    main()
