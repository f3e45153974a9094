"""What was found in files, remembered from one run to the next.

It stands in the user's own cache folder, a file for each working folder and its options. A project
has no part in it: a folder of a repository could come with the repository, and say of its specs
what it likes. What is remembered of a file holds as long as nothing changes that the check looked
at: its text and name, the files that it leads to, those that it would lead to if they were there,
where links lead, the settings, and cnncalc itself.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from json import dumps, loads
from typing import Any

from cnncalc import __version__, zoo
from cnncalc.checking.checker import Checker, Examined
from cnncalc.checking.settings import Settings
from cnncalc.diagnostics import Diagnostic, Diagnostics, Note, Source, Span
from cnncalc.language.text.files import Looked, read_file, watched
from cnncalc.project import reach, within
from cnncalc.whole_files import whole

MOST_FOUND = 100
"""Findings of a file that is remembered: more of them are not worth their place."""

LARGEST = 2**26
"""Characters of what is remembered of a working folder."""

OUTSIDE = "outside"
"""In place of what stands in a file that is not opened, as it is none of the project's."""

DAYS = 30
"""After which what nobody wrote again is forgotten."""

Entry = dict[str, Any]


class Remembered:
    """What is remembered of the files that are checked from this folder.

    options: arguments and shapes that are given; None: nothing is remembered
    """

    def __init__(self, options: Sequence[Mapping[str, str]] | None) -> None:
        self._entries: dict[str, Entry] = {}
        self._changed = False
        self._stamp = "" if options is None else _stamp()
        self._file = _file(options) if options is not None and self._stamp else ""
        if self._file:
            self._entries = _read(self._file, self._stamp)

    def recall(self, path: str, settings: Settings) -> Examined | None:
        """What was found in a file, if it would be found again."""
        entry = self._entries.get(path)
        if entry is None or entry["settings"] != _said(settings):
            return None
        files = entry["files"]
        if len(files) > 1 and list(reach(path)) != entry["reach"]:
            return None
        sources = [_as_it_was(*file) for file in files]
        return None if None in sources else _restored(entry, sources, settings)

    def keep(self, path: str, entry: Entry | None) -> None:
        """Remember an entry in place of what was known."""
        self._changed |= self._entries.pop(path, None) != entry
        if entry:
            self._entries[path] = entry

    def save(self) -> None:
        """Write it, unless there is no place where it may be written."""
        if not (self._changed and self._file):
            return
        entries = {
            path: entry
            for path, entry in self._entries.items()
            if len(entry["found"]) <= MOST_FOUND and os.path.lexists(path)
        }
        text = dumps(entries, separators=(",", ":"))
        if len(text) > LARGEST:
            return
        with suppress(OSError), whole(self._file) as file:
            file.write_text(f"{_digest(self._stamp + text)}\n{text}", encoding="ascii")
        _forget(os.path.dirname(self._file))


# -- what is remembered ---------------------------------------------------------------------


def recorded(checker: Checker, path: str) -> tuple[Examined, Entry | None]:
    """What a checker finds in a file, and what to remember of it."""
    with watched() as looked:
        file = checker.examined(path)
    return file, _entry(file, looked, checker.settings_beside(path))


def _entry(file: Examined, looked: Sequence[Looked], settings: Settings) -> Entry | None:
    """What to remember of a file that led to looking for some; None where it depends on what
    cannot be compared."""
    path, source = looked[0]
    if source is None:
        return None
    try:
        places = {one.path: _places(one.path) for one in looked}
    except ValueError:  # no file can have such a name
        return None
    texts = {places[one.path][0]: one.source for one in reversed(looked) if one.source}
    read = {name: texts[place] for name, (place, _) in places.items() if place in texts}
    folders = reach(path) if len(places) > 1 else ()
    outside = {
        name for name, both in places.items() if not all(within(one, folders) for one in both)
    }
    unread = sorted(places.keys() - read.keys())
    if any(os.path.lexists(name) for name in unread if name not in outside):
        return None
    files = [[name, *places[name], one.name, _digest(one.text)] for name, one in read.items()]
    files += [[name, *places[name], "", OUTSIDE if name in outside else ""] for name in unread]
    sources = [*read.values()]
    numbers = _Texts(sources, settings)
    return {
        "files": files,
        "reach": list(folders),
        "settings": _said(settings),
        "path": file.path,
        "sort": file.sort,
        "found": [_plain(one, numbers) for one in file.found],
        "texts": numbers.others,
        "used": file.used,
        "judges": file.judges,
    }


class _Texts:
    """The texts that findings point into, by numbers: first the files, then the settings, then
    others, as options are."""

    def __init__(self, files: Sequence[Source], settings: Settings) -> None:
        self.others: list[tuple[str, str]] = []
        known = [*files, settings.source]
        self._numbers = {id(one): number for number, one in enumerate(known) if one}
        self._first = len(known)

    def number(self, source: Source) -> int:
        if id(source) in self._numbers:
            return self._numbers[id(source)]
        text = source.name, source.text
        if text not in self.others:
            self.others.append(text)
        return self._first + self.others.index(text)


def _plain(one: Diagnostic, texts: _Texts) -> list[Any]:
    def placed(span: Span | None) -> list[int] | None:
        return span and [texts.number(span.source), *span[1:]]

    notes = [[note.message, placed(note.span)] for note in one.notes]
    return [one.code, placed(one.span), one.message, one.hint, notes, one.severity]


def _restored(entry: Entry, files: list[Source | None], settings: Settings) -> Examined:
    read = [source for source, file in zip(files, entry["files"], strict=True) if file[3]]
    others = [Source(name, text) for name, text in entry["texts"]]
    texts = [*read, settings.source, *others]

    def span(plain: list[int] | None) -> Any:
        return plain and Span(texts[plain[0]] or Source("", ""), *plain[1:])

    found = tuple(
        Diagnostic(code, span(at), text, hint, tuple(Note(n, span(a)) for n, a in notes), severity)
        for code, at, text, hint, notes, severity in entry["found"]
    )
    used = tuple((name, line) for name, line in entry["used"])
    return Examined(entry["path"], entry["sort"], read[0], found, used, entry["judges"])


# -- whether it holds -----------------------------------------------------------------------


def _as_it_was(path: str, place: str, plain: str, name: str, digest: str) -> Source | None:
    """A file that is what it was, an empty one where none was read and none would be; None: it has
    changed."""
    if (place, plain) != _places(path):
        return None
    if not name:
        there = digest != OUTSIDE and os.path.lexists(path)
        return None if there else Source(path, "")
    source = read_file(path, name, Diagnostics(), None)
    return source if source and _digest(source.text) == digest else None


def _places(path: str) -> tuple[str, str]:
    """Where a path leads, `..` behind a link taken both ways."""
    place = os.path.realpath(path)
    plain = os.path.normpath(path)
    return place, place if plain == path else os.path.realpath(plain)


def _said(settings: Settings) -> str:
    """What stands in a settings file."""
    source = settings.source
    return _digest(f"{source.name}\n{source.text}") if source else ""


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _stamp() -> str:
    """What this cnncalc is, as its files stand; nothing where that cannot be told. A version has
    many states: of a checkout, or of what a hook installs from one."""
    folders = {os.path.dirname(os.path.dirname(__file__)), zoo.place()}
    yaml = find_spec("yaml")
    try:
        states = [state for folder in sorted(folders) for state in _states(folder)]
        reader = _state(yaml.origin) if yaml and yaml.origin else None
    except OSError:
        return ""
    if not states or not reader:
        return ""
    return _digest(repr((__version__, sys.version, reader, states)))


def _states(folder: str) -> Iterator[tuple[object, ...]]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            yield _state(os.path.join(place, name))


def _state(path: str) -> tuple[object, ...]:
    status = os.stat(path)
    return path, status.st_size, status.st_mtime_ns, status.st_ctime_ns


# -- where it stands ------------------------------------------------------------------------


def _file(options: Sequence[Mapping[str, str]]) -> str:
    """Where the memory of this folder and these options is; nothing where it may not be."""
    folder = os.path.join(_caches(), "cnncalc")
    if not os.path.isabs(folder):
        return ""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        status = os.lstat(folder)
    except OSError:
        return ""
    if not stat.S_ISDIR(status.st_mode):
        return ""
    if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
        return ""  # others may write there
    asked = repr((os.getcwd(), [list(one.items()) for one in options]))
    return os.path.join(folder, f"{_digest(asked)}.json")


def _caches() -> str:
    """The user's folder of caches. One that is named from the working folder is none."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return named
    if os.name == "nt":
        return os.environ.get("LOCALAPPDATA", "")
    home = os.path.expanduser("~")
    return os.path.join(home, "Library", "Caches" if sys.platform == "darwin" else ".cache")


def _read(file: str, stamp: str) -> dict[str, Entry]:
    """What a file holds: nothing if it is damaged, or written by another cnncalc."""
    try:
        with open(file, encoding="ascii") as opened:
            text = opened.read(2 * LARGEST)
    except (OSError, ValueError):
        return {}
    digest, _, body = text.partition("\n")
    if digest != _digest(stamp + body):
        return {}
    entries: dict[str, Entry] = loads(body)
    return entries


def _forget(folder: str) -> None:
    """Take away what nobody wrote again for long."""
    with suppress(OSError), os.scandir(folder) as files:
        for file in files:
            if file.name.endswith(".json") and time.time() - file.stat().st_mtime > DAYS * 86400:
                os.unlink(file)
