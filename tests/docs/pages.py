"""The documentation as data: its pages, and the fenced blocks on them."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "changelog.d").glob("*.md")),
]

_FENCE = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Block(NamedTuple):
    """A fenced block.

    language: the fence's first word; file: its second, the name the block is saved under
    start, end: where its text stands in the page
    """

    page: Path
    line: int
    language: str
    file: str
    text: str
    start: int
    end: int

    @property
    def id(self) -> str:
        """`README.md:12`."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, language: str) -> list[Block]:
    """The blocks of one language on a page."""
    whole = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(whole):
        words = match["info"].split()
        line = whole.count("\n", 0, match.start()) + 1
        name, file = [*words, "", ""][:2]
        span = match.span("text")
        found.append(Block(page, line, name, file, match["text"], *span))
    return [block for block in found if block.language == language]


def all_blocks(language: str) -> list[Block]:
    """The blocks of one language on every page."""
    return [block for page in PAGES for block in blocks(page, language)]


def prose(page: Path) -> str:
    """A page without its fenced blocks and comments, line by line where it was."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    return _COMMENT.sub(blank, _FENCE.sub(blank, page.read_text(encoding="utf-8")))


FILES = ("yaml", "toml", "python")
"""The languages of blocks that are files where they have a name."""


def furnish(folder: Path, page: Path) -> None:
    """Make `folder` what a reader of `page` has: the repository's specs and exercises, and the
    files it names."""
    (folder / "docs").mkdir()
    for kept in ("specs", "docs/exercises"):
        (folder / kept).symlink_to(ROOT / kept, target_is_directory=True)
    for block in (block for name in FILES for block in blocks(page, name)):
        if block.file:
            (folder / block.file).parent.mkdir(exist_ok=True)
            (folder / block.file).write_text(block.text, encoding="utf-8")


def replace(block: Block, text: str) -> None:
    """Write `text` in place of a block's. The blocks behind it on the page move."""
    whole = block.page.read_text(encoding="utf-8")
    block.page.write_text(whole[: block.start] + text + whole[block.end :], encoding="utf-8")
