"""Checking spec files: what the language, `expect`, the project's budgets and good design ask."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from cnncalc.analysis.lint import advise
from cnncalc.analysis.summary import analyze
from cnncalc.checking.budgets import over_budget, too_large
from cnncalc.checking.discovery import sort_of, yaml_files
from cnncalc.checking.expectations import unmet
from cnncalc.checking.findings import Checked, Findings, Sort
from cnncalc.checking.ignores import Ignore, read_ignores
from cnncalc.checking.policy import Policy
from cnncalc.checking.settings import NOTHING, Settings, read_settings
from cnncalc.diagnostics import Diagnostic, Diagnostics, Source, bounded
from cnncalc.language.load import file_of, read_source
from cnncalc.language.text.files import read_file, read_standard_input
from cnncalc.language.text.recognize import recognize
from cnncalc.language.written.spec import check_library
from cnncalc.network.graph import Graph
from cnncalc.path_texts import plain
from cnncalc.project import nearest
from cnncalc.records import NamedTuple


class Examined(NamedTuple):
    """What a file is, and what was found in it.

    sort: None where it is neither spec nor library; found: what no comment ignores
    used: the comments that ignored something, each by its file and line
    judges: whether comments that ignore nothing can be told: all that they could was computed
    """

    path: str
    sort: Sort | None
    source: Source | None = None
    found: tuple[Diagnostic, ...] = ()
    used: tuple[tuple[str, int], ...] = ()
    judges: bool = False


class _Unsettled(NamedTuple):
    """A file that was examined, before what no comment ignored is known of all files."""

    file: Examined
    policy: Policy


class Checker:
    """Checks files one by one; what a settings file or a comment says is read once.

    overrides: arguments of the networks; with any, `expect` is not compared, which speaks of the
        default ones
    policy: given on the command line; what it selects replaces what settings select and ignore
    inputs: shapes in place of the networks' own, as `read` takes them; with any, as with arguments

    `ahead` has what was found in files, by their paths, before they are asked for.
    """

    def __init__(
        self,
        overrides: Mapping[str, str],
        policy: Policy,
        inputs: Mapping[str, str] | None = None,
    ) -> None:
        self.overrides = overrides
        self.inputs = inputs
        self.compares = not overrides and not inputs
        self.policy = policy
        self.ahead: dict[str, Examined] = {}
        self.drafts: list[_Unsettled] = []
        self.named: list[str] = []
        self.others = 0
        self._seen: set[str] = set()
        self._settings: dict[str, Settings] = {}
        self._folders: dict[str, Settings] = {}
        self._ignores: dict[Source, dict[int, Ignore]] = {}
        self._used: set[tuple[str, int]] = set()

    def check(self, path: str) -> None:
        """Check a file, a folder, standard input (`-`) or a network of the zoo."""
        if os.path.isdir(path):
            for file in yaml_files(path):
                if not self.file(file):
                    self.others += 1
        elif path == "-":
            self.standard_input()
        elif os.path.exists(path):
            if not self.file(path):
                self.named.append(path)
        else:
            self.zoo(path)

    def file(self, path: str) -> bool:
        """Check a file once; whether it is a spec or a library of blocks."""
        whole = os.path.realpath(path)
        if whole in self._seen:
            return True
        self._seen.add(whole)
        file = self.ahead.get(path) or self.examined(path)
        if file.sort is None:
            return False
        self.note(file, self.settings_beside(path))
        return True

    def examined(self, path: str) -> Examined:
        """What is found in a file, which is not noted yet."""
        diagnostics = Diagnostics()
        source = read_file(plain(path), path, diagnostics, None)
        sort = sort_of(path, source)
        if sort is None:
            return Examined(path, None, source)
        return self.read(path, source, sort, diagnostics, self.settings_beside(path))

    def standard_input(self) -> None:
        """Check what is piped in, which is taken for a spec."""
        diagnostics = Diagnostics()
        source = read_standard_input(diagnostics)
        self.add("-", source, "spec", diagnostics, self.settings(os.getcwd()))

    def text(self, name: str, source: Source | None, diagnostics: Diagnostics) -> None:
        """Check a text that stands for the file at `name`, a spec unless it is a library."""
        sort = recognize(source.text) if source else None
        self.add(name, source, sort or "spec", diagnostics, self.settings_beside(name))

    def zoo(self, name: str) -> None:
        """Check a network of the zoo against the settings that hold here; report any other name."""
        diagnostics = Diagnostics()
        path = file_of(name)
        source = read_file(path, path, diagnostics, None)
        self.add(path, source, "spec", diagnostics, self.settings(os.getcwd()))

    def judge(self, path: str, source: Source, graph: Graph) -> None:
        """Check a network that was read already, from a path, `-` or a name of the zoo."""
        folder = os.path.dirname(os.path.abspath(path)) if os.path.exists(path) else os.getcwd()
        settings = self.settings(folder)
        file = self.kept(source.name, source, "spec", Diagnostics(), graph, settings)
        self.note(file, settings)

    def add(
        self,
        path: str,
        source: Source | None,
        sort: Sort,
        diagnostics: Diagnostics,
        settings: Settings,
    ) -> None:
        """Check one text, and note what is found."""
        self.note(self.read(path, source, sort, diagnostics, settings), settings)

    def note(self, file: Examined, settings: Settings) -> None:
        """Note what was found in a file for which some settings hold."""
        self._used.update(file.used)
        self.drafts.append(_Unsettled(file, self.combined(settings.policy)))

    def read(
        self,
        path: str,
        source: Source | None,
        sort: Sort,
        diagnostics: Diagnostics,
        settings: Settings,
    ) -> Examined:
        """What is wrong with a text, and with the network that it says."""
        graph = None
        if source and sort == "library":
            check_library(source, plain(path), diagnostics)
        elif source:
            graph = read_source(source, path, diagnostics, self.overrides, inputs=self.inputs)
        shown = source.name if source else path
        return self.kept(shown, source, sort, diagnostics, graph, settings)

    def kept(
        self,
        shown: str,
        source: Source | None,
        sort: Sort,
        diagnostics: Diagnostics,
        graph: Graph | None,
        settings: Settings,
    ) -> Examined:
        """What no comment ignores of all that is wrong."""
        found: Iterable[Diagnostic] = diagnostics
        if graph:
            found = sorted(bounded(chain(diagnostics, self.judged(graph, settings))), key=_place)
        kept: list[Diagnostic] = []
        used: dict[tuple[str, int], None] = {}
        for one in found:
            if self.ignored(one):
                used[os.path.abspath(one.span.source.name), one.span.line] = None
            else:
                kept.append(one)
        judges = bool(graph) and self.compares
        return Examined(shown, sort, source, tuple(kept), tuple(used), judges)

    def judged(self, graph: Graph, settings: Settings) -> Iterator[Diagnostic]:
        """What a network that can be read is and should not be."""
        summary = analyze(graph)
        if self.compares:
            yield from unmet(summary)
        yield from over_budget(summary, settings.budgets)
        if settings.fits:
            yield from too_large(summary, settings.fits)
        yield from advise(summary)

    def combined(self, policy: Policy) -> Policy:
        """The policy of a settings file, and the one that was given."""
        given = self.policy
        if given.select:
            return Policy(given.select, given.ignore, policy.grades)
        return policy._replace(ignore=(*policy.ignore, *given.ignore))

    def settings_beside(self, path: str) -> Settings:
        """As `settings`, for the folder of a file."""
        return self.settings(os.path.dirname(os.path.abspath(path)))

    def settings(self, folder: str) -> Settings:
        """The settings that hold for a folder; what is wrong in them is noted once."""
        if folder not in self._folders:
            path = nearest(folder)
            self._folders[folder] = self.settings_in(path) if path else NOTHING
        return self._folders[folder]

    def settings_in(self, path: str) -> Settings:
        if path not in self._settings:
            diagnostics = Diagnostics()
            name = _shown(path)
            self._settings[path] = read_settings(path, name, diagnostics)
            if len(diagnostics):
                wrong = Examined(name, "settings", None, tuple(diagnostics))
                self.drafts.append(_Unsettled(wrong, Policy()))
        return self._settings[path]

    def ignored(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment on the line of a finding, in whichever file that is, ignores it."""
        source = diagnostic.span.source
        comment = self.ignores(source).get(diagnostic.span.line)
        return comment is not None and comment.covers(diagnostic)

    def ignores(self, source: Source) -> dict[int, Ignore]:
        if source not in self._ignores:
            self._ignores[source] = read_ignores(source, Diagnostics())
        return self._ignores[source]

    def findings(self, strict: bool) -> Findings:
        """All that was found."""
        checked = tuple(map(self.finished, self.drafts))
        named = tuple(self.named)
        return Findings(checked, named, self.others, strict, self.compares, os.getcwd())

    def finished(self, draft: _Unsettled) -> Checked:
        """A file with what is wrong about its comments, by what is selected."""
        file = draft.file
        comments = Diagnostics()
        ignores = read_ignores(file.source, comments) if file.source else {}
        for line, ignore in ignores.items() if file.judges else ():
            if (os.path.abspath(file.path), line) not in self._used:
                comments.add(_ignores_nothing(ignore))
        found = sorted((*file.found, *comments), key=_place) if len(comments) else file.found
        assert file.sort is not None
        return Checked(file.path, file.sort, tuple(filter(None, map(draft.policy.judged, found))))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return span.source.name, span.line, span.column


def _ignores_nothing(ignore: Ignore) -> Diagnostic:
    what = ", ".join(ignore.codes) or "anything"
    message = (
        f"this line has no {what} to ignore" if ignore.codes else "this line has nothing to ignore"
    )
    return Diagnostic("CNN801", ignore.span, message, "take the comment away", (), "warning")


def _shown(path: str) -> str:
    """A path from the working folder, where it is near."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # on another drive of Windows
        return path
    return path if relative.startswith(os.path.join("..", "..", "..")) else relative
