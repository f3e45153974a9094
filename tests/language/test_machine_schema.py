"""The schema of machine files refuses what their reader does, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cnncalc.language.machine.write_machine import written
from cnncalc.language.schema.machine_schema import machine_schema
from tests.core_yaml import load
from tests.inside import inside
from tests.language.test_machine import LITTLE, MACHINE, PLAIN, WRONG, read

SCHEMA = machine_schema()
VALIDATOR = Draft7Validator(SCHEMA)
RECORDS = sorted((Path(__file__).parents[2] / "docs" / "measurements").glob("*.yaml"))


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


def test_it_is_printed() -> None:
    assert json.loads(inside("schema", "--machine").stdout) == SCHEMA


@pytest.mark.parametrize(
    "text",
    [written(MACHINE), written(MACHINE._replace(rates={"bf16": LITTLE})), PLAIN]
    + [path.read_text(encoding="utf-8") for path in RECORDS],
)
def test_what_is_written_is_valid(text: str) -> None:
    assert list(VALIDATOR.iter_errors(load(text))) == []


SEEN = {name: change for name, (change, _) in WRONG.items() if name != "infinite"}
"""JSON has no infinite number, so that a schema has no word for it."""


@pytest.mark.parametrize("change", SEEN.values(), ids=SEEN)
def test_what_is_wrong_is_refused(change: tuple[str, str]) -> None:
    assert not VALIDATOR.is_valid(load(PLAIN.replace(*change)))


VALUES = (0, 1, 2.5, -1, 3.0, True, "word", "cpu", [], [1], [[1, 2.5]], [[0, 0]], [["a", 1]], {})


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a document."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def changed(path: tuple[Any, ...], value: Any) -> Any:
    """A machine file with another value there; without one, for `...`."""
    whole = json.loads(json.dumps(load(written(MACHINE))))
    part = whole
    for key in path[:-1]:
        part = part[key]
    if value is ...:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return whole


@pytest.mark.parametrize("path", list(places(load(written(MACHINE)))), ids=str)
def test_it_refuses_what_the_reader_does(path: tuple[Any, ...]) -> None:
    """JSON is YAML: the reader reads the same document."""
    for value in (*VALUES, ...):
        document = changed(path, value)
        found, said = read(json.dumps(document))
        assert VALIDATOR.is_valid(document) == (found is not None), (value, said)


def described(part: Any) -> Iterator[str]:
    """The names of the fields in a part of the schema that say what they mean."""
    if isinstance(part, dict):
        for name, field in part.get("properties", {}).items():
            assert field["description"]
            yield name
        for value in part.values():
            yield from described(value)


def test_every_field_says_what_it_means() -> None:
    assert {"device", "ceilings", "window_flops", "each", "worst"} <= set(described(SCHEMA))
