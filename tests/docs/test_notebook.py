"""The notebook of the course is made of its page, runs, and prints what stands in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.docs.notebook import NOTEBOOK, cells, notebook, run, written
from tests.docs.pages import ROOT

REGENERATE = bool(os.environ.get("REGENERATE"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with what a checkout has for the notebook."""
    for kept in ("specs", "docs"):
        (tmp_path / kept).symlink_to(ROOT / kept, target_is_directory=True)
    return tmp_path


def test_it_runs_and_prints_what_stands_in_it(checkout: Path) -> None:
    real = written(run(checkout))
    if REGENERATE:
        NOTEBOOK.write_text(real, encoding="utf-8")
    assert real == NOTEBOOK.read_text(encoding="utf-8")


@pytest.mark.thorough
def test_jupyter_runs_it(checkout: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    made = nbformat.from_dict(notebook(cells()))
    nbformat.validate(made)
    where = {"metadata": {"path": str(checkout)}}
    nbclient.NotebookClient(made, kernel_name="python3", resources=where).execute()
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert list(map(printed, made.cells)) == list(map(printed, stored["cells"]))


def printed(cell: dict[str, Any]) -> dict[str, str]:
    """What a cell wrote to each stream."""
    found: dict[str, str] = {}
    for output in cell.get("outputs", ()):
        name = output.get("name", output["output_type"])
        found[name] = found.get(name, "") + "".join(output.get("text", ""))
    return found
