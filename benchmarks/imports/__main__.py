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
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from benchmarks.imports.libraries import names
from benchmarks.surveys import Row, Table

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
    table, homes = Table(Path(given.output), COLUMNS), names(given.library)
    from benchmarks.imports.forked import of_model, warmed
    from benchmarks.imports.trying import Asked

    warmed()
    asked = Asked(given.outputs, given.placeholder)

    def row(name: str) -> Row:
        return {"file": homes[name], **of_model(given.library, name, asked, given.limit)}

    for found in table.fill(wanted(given, homes), row):
        print(found["model"], found["result"], found.get("why", "")[:100], flush=True)
    print("\n".join(told(table.rows())))


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


def told(found: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """How many came to what, how many models each blocker stands in the way of, and how many of
    them it alone."""
    yield str(dict(Counter(row["result"] for row in found)))
    blocked = [set(row["why"].split(" | ")) for row in found if row["result"] == "blocked"]
    alone = Counter(next(iter(each)) for each in blocked if len(each) == 1)
    for why, count in Counter(why for each in blocked for why in each).most_common(LISTED):
        yield f"{count:5} {alone[why]:5} {why}"


if __name__ == "__main__":
    main()
