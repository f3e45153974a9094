"""The front door: a path -> a graph, or what is wrong with the spec."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cnncalc import zoo
from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.display import as_text
from cnncalc.language.expansion.expand import expand
from cnncalc.language.text.files import Reader, decode, nowhere, read_file, read_standard_input
from cnncalc.language.written.spec import network
from cnncalc.network.graph import Graph
from cnncalc.path_texts import plain
from cnncalc.project import rooted

if TYPE_CHECKING:
    from cnncalc.language.given import Argument, Shape


class SpecError(Exception):
    """A spec has errors: `diagnostics` lists them, each a Diagnostic. As text it is all of them
    with their lines of the spec, or the first few, and how many there are."""

    __module__ = "cnncalc"

    def __init__(self, diagnostics: Diagnostics) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return as_text(self)


def read(
    path: str,
    diagnostics: Diagnostics,
    overrides: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Graph | None:
    """The graph of the spec at `path`, be it a name of the zoo or `-`, standard input; None, with
    the reasons in `diagnostics`, where there is none.

    overrides: replace the network's arguments
    inputs: shapes that replace those of its inputs; without a name, that of its only one
    """
    found = find(path, diagnostics)
    return read_source(*found, diagnostics, overrides, inputs=inputs) if found else None


def find(path: str, diagnostics: Diagnostics) -> tuple[Source, str] | None:
    """The text of the spec at `path`, and the file that it stands for; None, reported, where it
    cannot be read."""
    if path == "-":
        source, file = read_standard_input(diagnostics), path
    else:
        file = file_of(path)
        source = read_file(file, file, diagnostics, None)
    return (source, file) if source else None


def read_with(
    reader: Reader,
    path: str,
    diagnostics: Diagnostics,
    overrides: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Graph | None:
    """As `read`, the file at `path` and those that it leads to read by `reader`."""
    source = reader(path, path, diagnostics, None)
    return read_source(source, path, diagnostics, overrides, reader, inputs) if source else None


def file_of(path: str) -> str:
    """The file that `path` means: a file that is there comes before a name of the zoo."""
    found = None if os.path.exists(path) else zoo.file_of(path)  # of any name: it never raises
    return zoo.shown(found) if found else plain(path)


def read_source(
    source: Source,
    path: str | os.PathLike[str],
    diagnostics: Diagnostics,
    overrides: Mapping[str, str] | None = None,
    reader: Reader = read_file,
    inputs: Mapping[str, str] | None = None,
) -> Graph | None:
    """As `read`, from a text that stands for the file at `path`."""
    options, shapes = _options("--set", overrides), _options("--input", inputs)
    with _uncollected(), suppress(TooCostlyError):
        written = network(source, plain(os.fspath(path)), options, shapes, diagnostics, reader)
        graph = expand(written, source.name, diagnostics) if written else None
        if graph:
            return graph._replace(settings=dict(overrides or {}), shapes=dict(inputs or {}))
    return None


def _options(option: str, values: Mapping[str, str] | None) -> dict[str, Source]:
    """Values from outside as texts that messages point into, named as the option of them is."""
    return {
        name: Source(f"{option} {name}={text}" if name else f"{option} {text}", text)
        for name, text in (values or {}).items()
    }


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for garbage meanwhile: all that is made is kept, and of a long spec the searches
    take longer than the reading."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


# -- from Python ----------------------------------------------------------------------------


def load(
    path: str | os.PathLike[str],
    *,
    args: Mapping[str, Argument] | None = None,
    input: Shape | Mapping[str, Shape] | None = None,  # noqa: A002 (as specs call it)
    root: str | os.PathLike[str] | None = None,
) -> Graph:
    """The graph of the spec at `path`, or so named in the zoo.

    args: replace arguments of the network, `{"width": 0.5}`: each a number, a truth, a text as a
        spec has it, or a list of these
    input: a shape that replaces that of the network's input, `"3x320x320"` or `(3, 320, 320)`,
        channels first and no batch axis; by name where there are several, `{"image": "3x320x320"}`
    root: the folder whose files the spec may extend and include; without it, that of its project

    Raises SpecError, with every diagnostic, where the spec has errors or cannot be read, and where
    it has no argument or input so named; TypeError for a value that is of no such type.
    """
    from cnncalc.language.given import argument_texts, input_texts, path_text, root_text

    name = path_text("load", path)
    overrides, inputs = argument_texts(args), input_texts(input)
    diagnostics = Diagnostics()
    with rooted(root_text(root)):
        graph = read(name, diagnostics, overrides, inputs)
    return _sound(graph, diagnostics)


def loads(
    text: str,
    *,
    args: Mapping[str, Argument] | None = None,
    input: Shape | Mapping[str, Shape] | None = None,  # noqa: A002 (as specs call it)
    root: str | os.PathLike[str] | None = None,
    name: str = "<text>",
) -> Graph:
    """The graph of the spec in `text`; all else as `load`.

    name: what messages call it; a path, where files that it extends and includes are to be looked
        for beside that, and not in the working folder
    """
    from cnncalc.language.given import argument_texts, input_texts, root_text

    overrides, inputs = argument_texts(args), input_texts(input)
    diagnostics = Diagnostics()
    with rooted(root_text(root)):
        found = source_of(text, name, diagnostics)
        graph = read_source(found, name, diagnostics, overrides, inputs=inputs) if found else None
    return _sound(graph, diagnostics)


def source_of(text: str, name: str, diagnostics: Diagnostics) -> Source | None:
    """A text as a source, bounded as files are; None, reported, where it cannot be one. Raises
    TypeError and ValueError."""
    from cnncalc.language.given import kind, name_text

    if not isinstance(text, str):
        raise TypeError(f"a text is wanted, a str, got {kind(text)}")
    called = name_text(name)
    return decode(text.encode("utf-8", "surrogatepass"), called, diagnostics, nowhere(called))


def _sound(graph: Graph | None, diagnostics: Diagnostics) -> Graph:
    """Raises SpecError where there is no graph."""
    if graph is None:
        raise SpecError(diagnostics)
    return graph
