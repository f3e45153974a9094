"""The course as a notebook: made of its page, its cells run, its outputs real.

`REGENERATE=1 python -m pytest tests/docs/test_notebook.py` writes `docs/course.ipynb` anew.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.docs.pages import ROOT
from tests.inside import inside

PAGE = ROOT / "docs" / "course.md"
NOTEBOOK = ROOT / "docs" / "course.ipynb"
EXERCISES = ROOT / "docs" / "exercises"

Cell = dict[str, Any]

START = """import os

if os.path.basename(os.getcwd()) == "docs":  # where the notebook lies: the specs are one up
    os.chdir("..")"""

SHELL = "%%sh --no-raise-error"

OPENING = """*This is [course.md](course.md) as a notebook: the commands run where they stand.
Open it in a checkout of the repository, with cnncalc installed; it writes its specs (`twelve.yaml`,
`my_*.yaml`) beside the README. What answers a question, or grades an exercise, is folded.*"""

_FENCE = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<text>.*?)^```\n", re.MULTILINE | re.DOTALL)
_DETAILS = re.compile(
    r"^<details><summary>(?P<question>.*?)</summary>\n(?P<answer>.*?)^</details>\n",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)


def cells() -> list[Cell]:
    """The page, cell by cell, and behind it each exercise to fill in."""
    page = _COMMENT.sub("", PAGE.read_text(encoding="utf-8"))
    found = [_prose(OPENING), _code(START)]
    end = 0
    for details in _DETAILS.finditer(page):
        found += _parts(page[end : details.start()])
        found.append(_prose(f"**{details['question']}**"))
        found += map(_folded, _parts(details["answer"]))
        end = details.end()
    return [*found, *_parts(page[end:]), *_exercises()]


def _parts(text: str) -> Iterator[Cell]:
    """Prose, and what runs between it; what only shows something stays in the prose."""
    prose = ""
    end = 0
    for fence in _FENCE.finditer(text):
        prose += text[end : fence.start()]
        end = fence.end()
        language, file = [*fence["info"].split(), "", ""][:2]
        if language == "console" or file:
            yield from _said(prose)
            prose = ""
            shown = _runs(fence["text"]) if language == "console" else fence["text"]
            yield _code(shown if language == "console" else f"%%writefile {file}\n{shown}")
        else:
            prose += fence.group()
    yield from _said(prose + text[end:])


def _said(prose: str) -> Iterator[Cell]:
    if prose.strip():
        yield _prose(prose.strip())


def _runs(session: str) -> str:
    """The commands of a session; what they print comes of running them."""
    return "\n".join([SHELL, *_COMMAND.findall(session)])


def _exercises() -> Iterator[Cell]:
    """Each exercise, to be written out and graded."""
    for path in sorted(EXERCISES.glob("*.yaml")):
        text, name = path.read_text(encoding="utf-8"), f"my_{path.name}"
        yield _prose(f"### {path.name}\n\nFill in this cell, run it, then the one below.")
        yield _code(f"%%writefile {name}\n{text}")
        yield _folded(_code(f"{SHELL}\ncnncalc check {name} --ignore CNN9"))


# -- cells ----------------------------------------------------------------------------------


def _prose(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str) -> Cell:
    empty = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "metadata": {}, **empty, "source": text.rstrip("\n")}


def _folded(cell: Cell) -> Cell:
    """An answer: its words behind a summary, its output hidden until it is asked for."""
    if cell["cell_type"] == "code":
        return {**cell, "metadata": {"jupyter": {"outputs_hidden": True}}}
    words = f"<details><summary>Answer</summary>\n\n{cell['source']}\n\n</details>"
    return {**cell, "source": words}


def notebook(found: list[Cell]) -> dict[str, Any]:
    """Of format 4.5, in which cells have names."""
    named = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(found)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": named, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def run(folder: Path) -> dict[str, Any]:
    """The notebook with what its cells print, as a kernel of Jupyter's would run them there."""
    return notebook([_ran(cell, folder) for cell in cells()])


def _ran(cell: Cell, folder: Path) -> Cell:
    magic, _, body = cell["source"].partition("\n")
    if cell["cell_type"] != "code" or cell["source"] == START:
        return cell
    if magic.startswith("%%writefile "):
        name = magic.removeprefix("%%writefile ")
        (folder / name).write_text(f"{body}\n", encoding="utf-8")
        return {**cell, "outputs": _streams(f"Writing {name}\n", "")}
    assert magic == SHELL, magic
    done = [inside(*shlex.split(line)[1:], folder=folder) for line in body.splitlines()]
    printed, told = "".join(each.stdout for each in done), "".join(each.stderr for each in done)
    return {**cell, "outputs": _streams(printed, told)}


def _streams(printed: str, told: str) -> list[dict[str, str]]:
    streams = {"stdout": printed, "stderr": told}
    return [
        {"output_type": "stream", "name": name, "text": text}
        for name, text in streams.items()
        if text
    ]


def written(found: dict[str, Any]) -> str:
    """As it lies in the file."""
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
