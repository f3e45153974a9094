"""What a shell offers for what is typed: an option or an argument names the function of it here.
There is more than fits; typer leaves out what does not begin as the word does."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

SUFFIXES = (".yaml", ".yml")

PLAIN = frozenset("_-+.")
"""What names of files may have besides letters and digits: zsh evaluates what it is offered, and a
folder may be a stranger's."""


def specs(incomplete: str) -> list[str]:
    """Networks of the zoo, and the specs and folders that stand beside them; where none of the zoo
    is called so, the shell's own choice of files."""
    named = [name for name in networks() if name.startswith(incomplete)]
    return [*_files(), *named] if named else []


def _files() -> list[str]:
    """Specs in the working folder, and folders, as a shell shows them."""
    try:
        found = sorted(os.scandir(), key=lambda entry: entry.name)
    except OSError:
        return []
    plain = [entry for entry in found if not entry.name.startswith(".") and _is_plain(entry.name)]
    return [
        f"{entry.name}/" if entry.is_dir() else entry.name
        for entry in plain
        if entry.is_dir() or entry.name.endswith(SUFFIXES)
    ]


def _is_plain(name: str) -> bool:
    return all(sign.isalnum() or sign in PLAIN for sign in name)


def networks() -> list[str]:
    """Those of the zoo."""
    from cnncalc import zoo

    return list(zoo.networks())


def libraries() -> list[str]:
    """Networks of the zoo, and its libraries of blocks."""
    from cnncalc import zoo

    return [*networks(), zoo.LIBRARY, *zoo.libraries()]


def kinds() -> list[str]:
    """Of layers."""
    from cnncalc.layers import HOMES

    return list(HOMES)


def codes(incomplete: str) -> list[tuple[str, str]]:
    """Diagnostic codes with their titles, behind the last comma."""
    from cnncalc.checking.every_code import CODES

    begun = _begun(incomplete)
    return [(begun + code, page.title) for code, page in CODES.items()]


def topics() -> list[tuple[str, str]]:
    """What has a page: kinds, words, codes; and the networks of the zoo, which are analysed."""
    from cnncalc.checking.every_code import CODES
    from cnncalc.topics.every_topic import TOPICS

    return [
        *_each("a list", ("kinds", "topics", "codes")),
        *_each("a layer kind", kinds()),
        *_each("a word", (name for name in TOPICS if " " not in name)),
        *((code, page.title) for code, page in CODES.items()),
        *_each("a network", networks()),
    ]


def layers(ctx: Any) -> list[str]:
    """Paths of the layers of the spec that is named before."""
    from cnncalc.diagnostics import Diagnostics
    from cnncalc.language.load import read

    placed = ctx.params.get("spec"), ctx.params.get("topic"), *ctx.args  # there behind an option
    spec = next(filter(None, placed), "-")
    graph = read(spec, Diagnostics()) if spec != "-" else None
    return [node.path for node in graph.layers] if graph else []


def columns(incomplete: str) -> list[str]:
    """The columns that may stand behind what is typed, the last comma or `+` of it included."""
    from cnncalc.report.table.columns import COLUMNS

    begun = _begun(incomplete.replace("+", ","))
    return [incomplete[: len(begun)] + name for name in COLUMNS]


def tools() -> list[str]:
    """Those whose ways to count are known."""
    from cnncalc.analysis.conventions import NAMES

    return list(NAMES)


def transformations() -> list[str]:
    """Of specs."""
    from cnncalc.transform import TRANSFORMATIONS

    return list(TRANSFORMATIONS)


def styles() -> list[str]:
    """Of pictures."""
    from cnncalc.commands.draw import OF_FOLDERS, STYLES

    return [*STYLES, *OF_FOLDERS]


def optimizers() -> list[str]:
    """Whose memory is known."""
    from cnncalc.analysis.memory import STATES

    return list(STATES)


def _begun(incomplete: str) -> str:
    """Of a list with commas, what stands already."""
    before, comma, _ = incomplete.rpartition(",")
    return before + comma


def _each(purpose: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((name, purpose) for name in names)
