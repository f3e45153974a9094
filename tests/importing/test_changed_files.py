"""Files changed at random: each gives a spec or a message of what is wrong, soon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import pytest

pytest.importorskip("onnx")

import torch

from cnncalc.importing.blocker_lines import blocker_lines
from cnncalc.importing.checked import ImportingError
from cnncalc.runtime.importing.imported_model import imported
from cnncalc.runtime.importing.traced import TraceError
from cnncalc.runtime.reading import ReadError
from tests.importing.changed_files import changed_archive, changed_model
from tests.importing.small_models import MODELS
from tests.importing.small_onnx import CASES, onnx_model

LONGEST = 20_000
"""Characters of a message."""

SLOWEST = 20.0
"""Seconds of the processor's for one file."""

EXPORTED = ("convolutions", "transformer")


def told(file: Path) -> str:
    """What is said of a file that gives no spec."""
    try:
        imported(str(file), [], {})
    except ImportingError as error:
        return "\n".join(blocker_lines(file.name, error.blockers))
    except (ReadError, TraceError) as error:
        return str(error)
    return ""


def check(files: int, change: Callable[[int], Path]) -> None:
    """That many files, each by its number."""
    silent = 0
    for number in range(files):
        file, start = change(number), process_time()
        try:
            said = told(file)
        except Exception as error:
            raise AssertionError(f"the file of number {number}") from error
        silent += not said
        assert len(said) <= LONGEST, number
        assert process_time() - start < SLOWEST, number
    assert 0 < silent < files


def onnx_files(files: int, folder: Path) -> None:
    names = sorted(CASES)

    def change(number: int) -> Path:
        draw, file = Random(number), folder / "changed.onnx"
        nodes: Any = CASES[draw.choice(names)]
        file.write_bytes(changed_model(draw, onnx_model(*nodes)))
        return file

    check(files, change)


def archives(files: int, folder: Path, models: tuple[str, ...]) -> None:
    for name in models:
        make, shapes = MODELS[name]
        samples = tuple(torch.randn(2, *shape) for shape in shapes)
        torch.export.save(torch.export.export(make().eval(), samples), folder / f"{name}.pt2")

    def change(number: int) -> Path:
        draw, file = Random(number), folder / "changed.pt2"
        changed_archive(draw, folder / f"{draw.choice(models)}.pt2", file)
        return file

    check(files, change)


def test_onnx_files(tmp_path: Path) -> None:
    onnx_files(150, tmp_path)


def test_archives(tmp_path: Path) -> None:
    archives(25, tmp_path, EXPORTED[:1])


@pytest.mark.thorough
def test_many_onnx_files(tmp_path: Path) -> None:
    onnx_files(10_000, tmp_path)


@pytest.mark.thorough
def test_many_archives(tmp_path: Path) -> None:
    models = (*EXPORTED, "poolings", "latents", "by_groups", "channels_last", "over_sequences")
    archives(1_000, tmp_path, models)
