"""What the pages say besides their examples: links, paths, words of the tool, generated tables."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from cnncalc.checking.every_code import CODES
from cnncalc.cli.full import application
from tests.docs.generated import GENERATED
from tests.docs.pages import PAGES, ROOT, blocks, prose

REGENERATE = bool(os.environ.get("REGENERATE"))

page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")


def anchors(page: Path) -> set[str]:
    """What links can point at: headings as GitHub names them."""
    titles = (title.lower().replace("`", "") for title in HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


@page
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        reached = (page.parent / file).resolve() if file else page
        assert reached.exists(), target
        assert reached.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(reached), target


@page
def test_paths_are_in_the_repository(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(tmp|work|home|root|usr|etc|var|mnt)\b", text)
    for path in CODE.findall(prose(page)):
        if re.fullmatch(r"(cnncalc|tests|docs|specs|changelog\.d)/[\w./]*", path):
            assert (ROOT / path).exists(), path


NAMED = re.compile(r"(?<![\w./])(?:cnncalc|tests)/[\w./{},]*[\w}/]")


def each_of(path: str) -> list[str]:
    """`a/{b,c}/` as `a/b/` and `a/c/`."""
    begin, brace, rest = path.partition("{")
    names, _, end = rest.partition("}")
    return [begin + name + end for name in names.split(",")] if brace else [path]


def named(text: str) -> set[str]:
    """The paths of the package and the tests that a text names, in its commands too."""
    return {path for found in NAMED.findall(text) for path in each_of(found)}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_what_is_named_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [path for path in sorted(named(text)) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("folder", ["cnncalc", "cnncalc/language"])
def test_the_house_has_every_room(folder: str) -> None:
    whole = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line for line in whole.splitlines() if re.match(r"\| \d", line)]
    told = {path.rstrip("/").rpartition("/")[2] for row in rows for path in CODE.findall(row)}
    modules = {path for path in (ROOT / folder).glob("*.py") if path.stem[:2] != "__"}
    rooms = {path.parent for path in (ROOT / folder).glob("*/__init__.py")}
    assert {path.name for path in modules | rooms} <= told


@page
def test_codes_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"\bCNN\d{3}\b", text)) <= CODES.keys()


@page
def test_commands_in_the_text_exist(page: Path) -> None:
    commands: Any = typer.main.get_command(application())
    for code in CODE.findall(prose(page)):
        program, *words = code.split()
        if program != "cnncalc" or not words:
            continue
        command = commands if words[0].startswith("-") else commands.commands.get(words[0])
        assert command is not None, code
        known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert given <= known, code


@page
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)`", prose(page)):
        assert re.search(f"^{target}:", makefile, re.MULTILINE), target


@page
def test_short_lines_and_no_trailing_space(page: Path) -> None:
    for number, line in enumerate(prose(page).splitlines(), 1):
        assert line == line.rstrip(), number
        assert len(line) <= 120 or line.startswith("|"), number


@pytest.mark.parametrize(
    ("heading", "form"),
    [
        ("Run it", r"python -m pip install -c constraints\.txt \. && cnncalc analyze specs/\S+"),
        (
            "Test it",
            r'python -m pip install -c constraints\.txt -e "\.\[dev\]" && python -m pytest -n auto',
        ),
    ],
)
def test_the_two_commands(heading: str, form: str) -> None:
    readme = ROOT / "README.md"
    commands = [block for block in blocks(readme, "sh") if heading == heading_above(block.start)]
    assert len(commands) == 1
    assert re.fullmatch(form, commands[0].text.strip())


def heading_above(position: int) -> str:
    """The heading a position of the README stands under."""
    return HEADING.findall((ROOT / "README.md").read_text(encoding="utf-8")[:position])[-1]


@pytest.mark.parametrize("name", GENERATED)
def test_generated_tables_are_current(name: str) -> None:
    mark = re.compile(f"(<!-- generated: {name} -->\n)(.*?)(\n<!-- end -->)", re.DOTALL)
    pages = [page for page in PAGES if mark.search(page.read_text(encoding="utf-8"))]
    assert len(pages) == 1
    text, table = pages[0].read_text(encoding="utf-8"), GENERATED[name]()
    if REGENERATE:
        pages[0].write_text(mark.sub(lambda m: m[1] + table + m[3], text), encoding="utf-8")
        return
    found = mark.search(text)
    assert found
    assert found[2] == table


def test_changelog_entries_are_one_sentence() -> None:
    for entry in (ROOT / "changelog.d").glob("*.md"):
        if entry.name != "README.md":
            text = entry.read_text(encoding="utf-8").strip()
            assert text.endswith("."), entry.name
            assert "\n\n" not in text, entry.name
