"""The networks of a folder, those that cannot be read among them."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis.summary import Summary, analyze
from cnncalc.checking.discovery import sort_of, yaml_files
from cnncalc.diagnostics import Diagnostic, Diagnostics
from cnncalc.language.load import read_source
from cnncalc.language.text.files import read_file
from cnncalc.path_texts import plain
from cnncalc.records import NamedTuple


class Met(NamedTuple):
    """A spec that was met in a folder; without numbers where it has errors, which `found` holds."""

    path: str
    summary: Summary | None
    found: tuple[Diagnostic, ...]


def networks_in(folder: str) -> Iterator[Met]:
    """The specs in `folder` and below, in the order of their paths; libraries of blocks, and what
    is no spec, are passed over."""
    for path in yaml_files(folder):
        diagnostics = Diagnostics()
        source = read_file(plain(path), path, diagnostics, None)
        if sort_of(path, source) == "spec":
            graph = read_source(source, path, diagnostics) if source else None
            yield Met(path, analyze(graph) if graph else None, tuple(diagnostics))
