"""A release: what is new becomes a section of CHANGELOG.md, and the version is set.

`make release VERSION=0.2.0` runs it. It commits and publishes nothing: CONTRIBUTING.md says what
comes before and after.
"""

from __future__ import annotations

import re
import sys
import textwrap
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]

CHANGELOG, PIECES = "CHANGELOG.md", "changelog.d"
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")

PLACES = {
    "cnncalc/__init__.py": re.compile(r'^(__version__ = ")(.+)(")$', re.MULTILINE),
    "docs/pre-commit.md": re.compile(r"^( +rev: v)(\S+)( .*)$", re.MULTILINE),
}
"""Where the version stands: once in each file, in the middle of three groups."""


def pieces(root: Path) -> list[Path]:
    """What is new since the last release, by subject."""
    return sorted(path for path in (root / PIECES).glob("*.md") if path.name != "README.md")


def current(root: Path) -> str:
    """The version as it is."""
    return _found(root, "cnncalc/__init__.py")[2]


def _found(root: Path, place: str) -> re.Match[str]:
    (found,) = PLACES[place].finditer((root / place).read_text(encoding="utf-8"))
    return found


def section(version: str, day: date, sentences: list[str]) -> str:
    """The part of CHANGELOG.md on one version, an item for each piece."""
    items = [
        textwrap.fill(
            " ".join(sentence.split()),
            100,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for sentence in sentences
    ]
    return "\n".join([f"## {version}, {day.isoformat()}", "", *items, ""])


def with_section(changelog: str, new: str) -> str:
    """The newest comes first, under the page's head."""
    head, mark, rest = changelog.partition("\n## ")
    return f"{head.rstrip()}\n\n{new}{mark}{rest}"


def fault(root: Path, version: str) -> str | None:
    """Why it cannot be the next version."""
    now = current(root)
    if not VERSION.fullmatch(version):
        return f"a version is three numbers with dots, got `{version}`"
    if _numbers(version) <= _numbers(now):
        return f"{version} is not above {now}"
    return None if pieces(root) else f"{PIECES}/ has no sentence: nothing is new"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def release(root: Path, version: str, day: date) -> None:
    """Gather the pieces and remove them; write the version wherever it stands."""
    new = pieces(root)
    sentences = [path.read_text(encoding="utf-8") for path in new]
    changelog = root / CHANGELOG
    whole = with_section(changelog.read_text(encoding="utf-8"), section(version, day, sentences))
    changelog.write_text(whole, encoding="utf-8", newline="\n")
    for place in PLACES:
        _set(root, place, version)
    for path in new:
        path.unlink()


def _set(root: Path, place: str, version: str) -> None:
    found, path = _found(root, place), root / place
    text = found.string[: found.start(2)] + version + found.string[found.end(2) :]
    path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """2 where there is no such release."""
    if len(arguments) != 1:
        print("usage: make release VERSION=0.2.0", file=sys.stderr)
        return 2
    (version,) = arguments
    wrong = fault(ROOT, version)
    if wrong:
        print(f"no release: {wrong}", file=sys.stderr)
        return 2
    release(ROOT, version, date.today())
    print(f"{CHANGELOG} has {version}: read it, then commit and tag as CONTRIBUTING.md says")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
