"""Each promise of SECURITY.md names a test that there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)


@pytest.mark.parametrize(("file", "test"), NAMED, ids="::".join)
def test_the_tests_are_there(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert not test or test in functions


def test_every_promise_names_one() -> None:
    promises = TEXT.partition("## Promises")[2].partition("## Reporting")[0]
    sections = promises.split("\n### ")[1:]
    assert len(sections) == 7
    for section in sections:
        for promise in section.split("\n- ")[1:]:
            assert re.search(r"`tests/", promise), promise
