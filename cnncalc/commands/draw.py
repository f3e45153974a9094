"""`cnncalc draw`: a picture of a network, or its graph in characters."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cnncalc.analysis import Summary, analyze
from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.formats import DRAW, Format, load
from cnncalc.commands.graphs import graph_of
from cnncalc.commands.numbers_shown import ALSO, one
from cnncalc.commands.options import (
    UsageError,
    arguments,
    fold,
    one_format,
    one_of,
    samples,
    shapes,
)
from cnncalc.commands.output import check_free, put
from cnncalc.commands.written_pictures import written
from cnncalc.diagnostics import did_you_mean
from cnncalc.network.graph import Graph, Node
from cnncalc.records import NamedTuple
from cnncalc.report.picture.wish import Wish
from cnncalc.report.table.columns import COLUMNS
from cnncalc.streams import terminal_width

if TYPE_CHECKING:
    from cnncalc.report.picture.marks import Picture

STYLES = ("graph", "volumes", "field", "bars", "window")

OF_FOLDERS = ("scatter", "accuracy")
"""Charts of all the networks in a folder: params against MACs; accuracies against MACs, where they
were published."""

OF_GRAPHS = {"text": "characters", "mermaid": "form in Mermaid"}
"""Formats in which boxes are laid out anew: what only a picture shows is not in them."""


class Asked(NamedTuple):
    """What the options say of the picture, as they are typed."""

    style: str = "graph"
    show: str | None = None
    depth: str | None = None
    layer: str | None = None
    batch: int = 1
    width: str | None = None
    unfold: bool = False
    dpi: int | None = None


def draw(
    spec: str,
    settings: list[str],
    asked: Asked,
    form: str | None = None,
    output: str | None = None,
    force: bool = False,
    inputs: Sequence[str] = (),
) -> int:
    """Draw a network to standard output or a file; over a file that exists with `force` alone.
    Raises UsageError."""
    one_of("--style", asked.style, (*STYLES, *OF_FOLDERS))
    chosen = one_format(form or _usual(asked.style, output), DRAW)
    _must_fit(asked, chosen)
    if chosen.file and output is None:
        raise UsageError(f"--format {chosen.name} writes a file: -o network.{chosen.name}")
    size = _size(asked)
    show = one(asked.show, COLUMNS, ALSO) if asked.show else None
    depth = _deepest(asked.depth) if asked.depth else None
    check_free(output, force)
    if asked.style in OF_FOLDERS:
        if settings or inputs:
            raise UsageError("--set and --input are of one network, not of a folder")
        from cnncalc.commands.draw_folder import draw_folder  # few draw folders

        return draw_folder(spec, asked.style, chosen, size, output)
    graph = graph_of(spec, arguments(settings), shapes(inputs))
    if graph is None:
        return PROBLEMS
    summary = analyze(graph, asked.batch)
    layer = _layer(graph, asked.layer) if asked.layer else None
    wish = Wish(depth, show, layer, asked.unfold)
    drawn: str | bytes
    if chosen.name == "text":
        drawn = _text(summary, wish, output)
    elif chosen.name == "mermaid":
        drawn = load(chosen.renderer)(summary, wish)
    else:
        drawn = written(_picture(summary, wish, asked.style), chosen, size)
    put(drawn, output)
    return SOUND


def _must_fit(asked: Asked, form: Format) -> None:
    """Raises UsageError where options do not go together."""
    if form.name in OF_GRAPHS and asked.style != "graph":
        raise UsageError(f"--style {asked.style} has no {OF_GRAPHS[form.name]}: --format svg")
    if asked.layer and asked.style not in ("field", "window"):
        raise UsageError("--layer says whose field or window is drawn: --style field")
    samples(asked.batch)
    if asked.width and form.name in OF_GRAPHS:
        raise UsageError("--width is of a figure in a paper: --format pdf")
    if asked.dpi is not None and form.name != "png":
        raise UsageError("--dpi is how many pixels an inch has: --format png")
    if asked.dpi is not None and asked.dpi < 1:
        raise UsageError(f"--dpi wants a number of at least 1, got {asked.dpi}")


def _usual(style: str, output: str | None) -> str:
    """The format where none is asked for: characters where they are read at once, a picture in a
    file."""
    if output is None:
        return "text" if style == "graph" else "svg"
    endings = {".txt": "text", ".tex": "tikz", ".mmd": "mermaid", ".pdf": "pdf", ".png": "png"}
    return endings.get(os.path.splitext(output)[1].lower(), "svg")


def _size(asked: Asked) -> dict[str, float]:
    """What is asked of the size: `inches`, `dpi`. Raises UsageError."""
    size: dict[str, float] = {"inches": _inches(asked.width)} if asked.width else {}
    return size | ({"dpi": asked.dpi} if asked.dpi else {})


def _inches(width: str) -> float:
    """`3.3in`, `8.4cm`. Raises UsageError."""
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)(in|cm|mm|pt)", width)
    if found is None or not float(found[1]):
        raise UsageError(f"--width wants a length: 3.3in, 8.4cm, 84mm, 240pt; got `{width}`")
    return float(found[1]) / {"in": 1, "cm": 2.54, "mm": 25.4, "pt": 72.27}[found[2]]


def _deepest(depth: str) -> int:
    """How deep a picture goes. Raises UsageError."""
    found = fold(depth)
    return sys.maxsize if found is None else found


def _layer(graph: Graph, path: str) -> Node:
    """The layer at a path. Raises UsageError."""
    found = graph.find(path)
    if found is None:
        paths = [node.path for node in graph.layers]
        hint = did_you_mean(path, paths) or "`cnncalc analyze` lists them"
        raise UsageError(f"there is no layer `{path}`; {hint}")
    return found


def _text(summary: Summary, wish: Wish, output: str | None) -> str:
    """In characters, as wide as the terminal is; plain, where it has no Unicode."""
    from cnncalc.report.picture.to_text import WIDTH, to_text

    has_unicode = output or (sys.stdout.encoding or "").lower().startswith("utf")
    return to_text(summary, wish, terminal_width() or WIDTH, not has_unicode)


def _picture(summary: Summary, wish: Wish, style: str) -> Picture:
    """In a style. Raises UsageError where the layer has no field, or no window."""
    if style in ("field", "window") and not _has(summary, wish, style):
        whose = f"`{wish.layer.path}` has" if wish.layer else "no layer has"
        what = {"field": "field with a place in the input", "window": "window that slides"}[style]
        raise UsageError(f"{whose} {'no' if wish.layer else 'a'} {what}")
    module = f"cnncalc.report.picture.{style}_style"
    drawn: Callable[[Summary, Wish], Picture] = load(module)
    return drawn(summary, wish)


def _has(summary: Summary, wish: Wish, style: str) -> bool:
    """Whether there is a layer to be drawn."""
    from cnncalc.report.picture.field_style import target
    from cnncalc.report.picture.window_style import windowed

    return (target if style == "field" else windowed)(summary, wish) is not None
