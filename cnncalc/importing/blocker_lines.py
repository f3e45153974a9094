"""What of a model cannot be said, as text: each thing once, with where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.importing.drafts import Blocker
from cnncalc.layers.fields import counted

PLACES = 3
"""Places of one thing that are listed."""

LONGEST = 300
"""Characters of a place: a path of modules is as long as a file likes."""


def blocker_lines(name: str, blockers: Sequence[Blocker], parts: bool = True) -> Iterator[str]:
    """A line for each thing and operator, then its places, and what would help where the model can
    be read in `parts`."""
    together: dict[tuple[str, str], list[Blocker]] = {}
    for blocker in blockers:
        together.setdefault((blocker.operator, blocker.what), []).append(blocker)
    count = counted(len(blockers), "operation")
    yield f"{name}: {count} of the model cannot be said in a spec"
    for (operator, what), places in together.items():
        yield f"  {operator}: {what}"
        for place in places[:PLACES]:
            yield f"    {_place(place)}"
        if len(places) > PLACES:
            yield f"    and {counted(len(places) - PLACES, 'more place')}"
    if parts:
        yield "  = hint: `--module PATH` imports a module of it that has none of these"


def _place(blocker: Blocker) -> str:
    """Where it stands; in no module and no line, what it gives."""
    site = blocker.site
    told = site.module or site.line or not blocker.output
    text = str(site) if told else f"{site}, which gives `{blocker.output}`"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
