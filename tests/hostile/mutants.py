"""Specs changed as trees, and read: a graph and all that follows from it, or a message.

`python -m tests.hostile.mutants COUNT SEED [--keep]` prints what fails; `--keep` makes each failure
as small as it gets, and keeps it in `corpus/`, which the tests read again from then on.
"""

from __future__ import annotations

import ast
import contextlib
import io
import random
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from cnncalc.analysis import analyze
from cnncalc.analysis.lint import advise
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.layers import LAYERS
from cnncalc.lowering.source import source
from cnncalc.lowering.whitelist import check
from cnncalc.report.findings.to_text import render
from tests.hostile.commands import CALLS, arguments, run
from tests.hostile.names import HOSTILE, SOUND
from tests.hostile.places import written

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).parent / "corpus"
LONGEST = 10
"""Seconds of the processor for one spec; the bound is 2, a busy one is given five times as long."""

LARGEST_SOURCE = 2_000
"""Layers of a network whose source is written too."""

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # much sooner

Tree = Any
"""What YAML holds, every scalar a text."""

SCALARS = (
    *("", "0", "1", "-1", "2", "3", "1e3", "0.5", "1e400", ".nan", "30000", "10**15", "010"),
    *("1:30", "yes", "true", "null", "~", "3x3", "1x1x1x1", "half", "same", "previous", "input"),
    *("i", "in_channels", "[]", "[1]", "a", "a.b", "channels(input)", "1 / 0", "2 ** 64", "-", "x"),
    *("'", '"', "\\", "\0", "\x1b[2J", "\u202e", "::error::x", "at most 1M", ">= 3", "relu"),
)
PATHS = (
    *("/etc/passwd", "../x.yaml", "/dev/zero", "/dev/stdin", ".", "", "a\0b", "x" * 300, "~"),
    *("file:///etc/passwd", "/proc/self/environ", "blocks.yaml", "%2e%2e/x", "a//b", "./" * 100),
)
WORDS = (
    *(
        *LAYERS,
        "layers",
        "name",
        "from",
        "repeat",
        "first",
        "last",
        "each",
        "rows",
        "when",
        "freeze",
    ),
    *("share", "args", "let", "blocks", "defaults", "include", "extends", "outputs", "expect"),
    *("input", "about", "source", "init", "fit", "train", "filters", "kernel", "stride", "padding"),
)
"""Words that mean something somewhere."""


def trees() -> list[tuple[Path, Tree]]:
    """The specs that are changed: the zoo's, the tests' own, and the one with every name."""
    paths = sorted((ROOT / "specs").rglob("*.yaml"))
    paths += [ROOT / "tests" / "fixtures" / name for name in ("language.yaml", "library.yaml")]
    found = [(path, yaml.load(path.read_text(), LOADER)) for path in paths]
    return [*found, (CORPUS / "names.yaml", yaml.load(written(), LOADER))]


def places(tree: Tree) -> Iterator[tuple[Any, Any]]:
    """Every container and key, or position, in a tree."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from places(tree[key])


# -- changes ----------------------------------------------------------------------------------

Draw = random.Random
Change = Callable[[Any, Any, Draw, Tree], None]


def drop(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """Without it."""
    del held[key]


def retype(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """Of another sort."""
    value = held[key]
    held[key] = draw.choice([[], {}, "", [value], {"a": value}, [value] * 3, str(value)[:50]])


def rescale(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """Another scalar."""
    held[key] = draw.choice(SCALARS)


def rename(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """Under another key, or a name in its place."""
    word = draw.choice((draw.choice(WORDS), draw.choice(HOSTILE), draw.choice(SOUND)))
    if isinstance(held, dict):
        held[word] = held.pop(key)
    else:
        held[key] = word


def nest(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """Deeper."""
    for _ in range(draw.choice((1, 2, 5, 40, 70))):
        held[key] = draw.choice(([held[key]], {"layers": [held[key]]}, {"add": [[held[key]]]}))


def double(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """Many times."""
    value, count = held[key], draw.choice((2, 3, 50))
    if isinstance(held, list):
        held[key:key] = [deepcopy(value) for _ in range(count)]
    else:
        held |= {f"{key}{number}": deepcopy(value) for number in range(count)}


def swap(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """A piece of another spec in its place."""
    there, where = draw.choice(list(places(other)))
    held[key] = deepcopy(there[where])


def repeat(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """Run more often, or never."""
    if isinstance(held[key], dict):
        held[key]["repeat"] = draw.choice(("0", "1", "3", "20", "1000", "30000", "10**9", "i"))


def lead(held: Any, key: Any, draw: Draw, other: Tree) -> None:
    """To another file."""
    if isinstance(held, dict):
        held[draw.choice(("include", "extends"))] = draw.choice((*PATHS, [draw.choice(PATHS)]))


CHANGES: tuple[Change, ...] = (drop, retype, rescale, rename, nest, double, swap, repeat, lead)


def mutant(tree: Tree, other: Tree, draw: Draw) -> str:
    """The text of a tree with one to four changes."""
    changed = deepcopy(tree)
    for _ in range(draw.choice((1, 1, 2, 4))):
        found = list(places(changed))
        if found:
            draw.choice(CHANGES)(*draw.choice(found), draw, other)
    return dumped(changed)


class Plain(yaml.SafeDumper):
    """Writes texts without quotes where they need none, and nothing for an empty one."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - not those it inherits

    def ignore_aliases(self, data: Any) -> bool:
        """A piece that stands twice is written twice."""
        return True


Plain.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("$"), [""])
Plain.add_representer(
    str,
    lambda dumper, text: (
        dumper.represent_scalar("tag:yaml.org,2002:str", text)
        if text
        else dumper.represent_scalar("tag:yaml.org,2002:null", "")
    ),
)


def dumped(tree: Tree) -> str:
    """As YAML."""
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(20 * depth)  # the writer calls itself as deep as a tree is
    text = yaml.dump(tree, Dumper=Plain, allow_unicode=True, sort_keys=False, width=10_000)
    sys.setrecursionlimit(depth)
    return str(text).encode(errors="replace").decode()


# -- what must hold ---------------------------------------------------------------------------


def fault(text: str, path: Path) -> str | None:
    """What is wrong with how a spec is read, as if it stood at `path`; None where nothing is."""
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        return _fault(text, path)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _fault(text: str, path: Path) -> str | None:
    diagnostics = Diagnostics()
    graph = read_source(Source(str(path), text), path, diagnostics)
    render(diagnostics)
    if bool(graph) == diagnostics.failed:
        return "a graph and an error, or neither"
    if graph:
        list(advise(analyze(graph)))
    if graph and len(graph.layers) <= LARGEST_SOURCE:
        made = source(graph)
        ast.parse(made)
        check(made)
    if graph and len(graph.layers) > LARGEST_SOURCE:
        return None
    return crash(text, path, CALLS[len(text) % len(CALLS)])


def crash(text: str, path: Path, call: Sequence[str]) -> str | None:
    """What a command says of a spec, if it does not end as it should."""
    words = arguments(call, "-")
    given = io.TextIOWrapper(io.BytesIO(text.encode()))
    with contextlib.chdir(path.parent), mock.patch.object(sys, "stdin", given):
        code, printed = run(["lenet5" if word == "good.yaml" else word for word in words])
    return f"exit code {code} of {' '.join(words)}: {printed[-300:]}" if code > 2 else None


def smallest(tree: Tree, path: Path, kind: str) -> Tree:
    """A tree that fails alike, and no longer does without any piece of it."""
    again = True
    while again:
        again = False
        for held, key in list(places(tree)):
            shorter = deepcopy(tree)
            numbers = [n for n, (h, k) in enumerate(places(tree)) if h is held and k == key]
            if not numbers:
                continue
            there, where = list(places(shorter))[numbers[0]]
            del there[where]
            if (fault(dumped(shorter), path) or "").partition(":")[0] == kind:
                tree, again = shorter, True
                break
    return tree


def too_long(signum: int, frame: object) -> None:
    """The alarm."""
    raise TimeoutError


def main(count: int, seed: str, keep: bool) -> None:
    """Print what fails."""
    signal.signal(signal.SIGPROF, too_long)
    draw = random.Random(seed)
    known = trees()
    for number in range(count):
        path, tree = draw.choice(known)
        text = mutant(tree, draw.choice(known)[1], draw)
        found = fault(text, path)
        if found:
            sys.stdout.write(f"{number} of {path}: {found[:300]}\n")
        if found and keep:
            kind = found.partition(":")[0]
            made = smallest(yaml.load(text, yaml.BaseLoader), path, kind)
            (CORPUS / f"{seed}-{number}.yaml").write_text(dumped(made), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], "--keep" in sys.argv)
