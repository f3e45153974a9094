"""The front door: a path -> a graph, or what is wrong with the spec."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cnncalc import zoo
from cnncalc.budget import TooCostlyError
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.expansion.expand import expand
from cnncalc.language.text.files import Reader, read_file, read_standard_input
from cnncalc.language.written.spec import network
from cnncalc.network.graph import Graph
from cnncalc.project import rooted


class SpecError(Exception):
    """A spec has errors: `diagnostics` lists them."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        first = next(iter(diagnostics))
        place = f"{first.span.source.name}:{first.span.line}:{first.span.column}"
        super().__init__(f"{place}: {first.code} {first.message}")


def read(
    path: str, diagnostics: Diagnostics, overrides: Mapping[str, str] | None = None
) -> Graph | None:
    """The graph of the spec at `path`, be it a name of the zoo or `-`, standard input; None, with
    the reasons in `diagnostics`, where there is none. `overrides` replace the network's
    arguments."""
    found = find(path, diagnostics)
    return read_source(*found, diagnostics, overrides) if found else None


def find(path: str, diagnostics: Diagnostics) -> tuple[Source, Path] | None:
    """The text of the spec at `path`, and the file that it stands for; None, reported, where it
    cannot be read."""
    if path == "-":
        source, file = read_standard_input(diagnostics), Path(path)
    else:
        file = file_of(path)
        source = read_file(file, str(file), diagnostics, None)
    return (source, file) if source else None


def read_with(
    reader: Reader,
    path: Path,
    diagnostics: Diagnostics,
    overrides: Mapping[str, str] | None = None,
) -> Graph | None:
    """As `read`, the file at `path` and those that it leads to read by `reader`."""
    source = reader(path, str(path), diagnostics, None)
    return read_source(source, path, diagnostics, overrides, reader) if source else None


def file_of(path: str) -> Path:
    """The file that `path` means: a file that is there comes before a name of the zoo."""
    found = None if os.path.exists(path) else zoo.find(path)  # of any name: it never raises
    return Path(zoo.shown(found)) if found else Path(path)


def read_source(
    source: Source,
    path: Path,
    diagnostics: Diagnostics,
    overrides: Mapping[str, str] | None = None,
    reader: Reader = read_file,
) -> Graph | None:
    """As `read`, from a text that stands for the file at `path`."""
    options = {
        name: Source(f"--set {name}={text}", text) for name, text in (overrides or {}).items()
    }
    with _uncollected(), suppress(TooCostlyError):
        written = network(source, path, options, diagnostics, reader)
        return expand(written, source.name, diagnostics) if written else None
    return None


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


def load(
    path: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, /, **args: object
) -> Graph:
    """The graph of the spec at `path`, or so named in the zoo, its arguments replaced by `args`.

    What it extends and includes must be in its project; in the folder `root`, where that is given.
    Raises SpecError, with every diagnostic, where the spec has errors.
    """
    diagnostics = Diagnostics()
    overrides = {name: _written(value) for name, value in args.items()}
    with rooted(None if root is None else os.fspath(root)):
        graph = read(os.fspath(path), diagnostics, overrides)
    if graph is None:
        raise SpecError(diagnostics)
    return graph


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
