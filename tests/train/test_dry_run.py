"""`train --dry-run`: what is said is what a training does; and nothing is done."""

from __future__ import annotations

import ast
import csv
import math
import re
from pathlib import Path

import numpy
import pytest
import torch

from tests.inside import ROOT, inside
from tests.train.small import run, spec

pytestmark = pytest.mark.torch


def test_what_is_said(tmp_path: Path) -> None:
    path = spec(tmp_path)
    done = inside("train", path, "--dry-run", "--device", "cpu", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    kept = round(1_797 * 0.1)
    each = math.ceil((1_797 - kept) / 32)
    data, images, steps, memory, verdict, folder, last = done.stdout.splitlines()
    assert data == "data: digits of scikit-learn; 1x8x8, 10 classes"
    assert images == (
        f"images: {1_797 - kept:,} to train on, {kept} kept apart to validate on, none to test on"
    )
    assert steps == f"steps: {each} an epoch, batch 32; {3 * each} in 3 epochs"
    computed = inside("memory", path, "--batch", "32", "--optimizer", "momentum", folder=tmp_path)
    peak = next(line.split() for line in computed.stdout.splitlines() if " peak " in line)
    assert memory.startswith(f"memory: {peak[1]} {peak[2]} ")
    assert memory.endswith(", as computed: training with momentum, batch 32, fp32")
    assert verdict.startswith("  fits into ")
    assert (folder, last) == ("folder: runs/small", "nothing was trained")
    assert [file.name for file in tmp_path.iterdir()] == ["small.yaml"]


@pytest.mark.parametrize(
    "words",
    [
        ("-r", "epochs=1", "-r", "batch=7"),
        ("-r", "steps=60", "-r", "validation=0"),
        ("-r", "steps=30", "-r", "batch=404"),
    ],
    ids=" ".join,
)
def test_the_steps_are_those_that_are_done(tmp_path: Path, words: tuple[str, ...]) -> None:
    path = spec(tmp_path)
    said = inside("train", path, *words, "--dry-run", folder=tmp_path).stdout
    assert run(tmp_path, path, *words, "--output", "run").returncode == 0
    with (tmp_path / "run/metrics.csv").open(newline="") as file:
        done = [int(row["step"]) for row in csv.DictReader(file)]
    each, total, epochs = map(int, re.findall(r"steps: (\d+).*; (\d+) in (\d+) epoch", said)[0])
    assert (total, epochs) == (done[-1], len(done))
    assert each == done[0] or len(done) == 1


def test_what_does_not_fit_and_what_would(tmp_path: Path) -> None:
    words = ("train", spec(tmp_path), "--dry-run", "--device", "cpu", "-r")
    done = inside(*words, "batch=99_000_000", folder=tmp_path)
    assert done.returncode == 1
    assert "does not fit into" in done.stdout
    found = re.findall(
        r"^  -r (\S+) +[\d.]+ GiB   the largest batch is then ([\d,]+)$", done.stdout, re.M
    )
    assert {field.partition("=")[0] for field, _ in found} == {"batch", "precision", "recompute"}
    largest = int(dict(found)[f"batch={found[0][1].replace(',', '')}"].replace(",", ""))
    assert inside(*words, f"batch={largest}", folder=tmp_path).returncode == 0
    assert inside(*words, f"batch={largest + 1}", folder=tmp_path).returncode == 1


def test_what_would_be_begun_with(tmp_path: Path, finished: Path) -> None:
    words = ("train", spec(tmp_path), "--dry-run", "--set", "classes=12", "--data", "d.npz")
    numpy.savez(tmp_path / "d.npz", x=numpy.zeros((24, 8, 8), "u1"), y=numpy.arange(24) % 12)
    done = inside(*words, "--from", str(finished / "best.ckpt"), "--refit", folder=tmp_path)
    assert "begins with 2 of 4 tensors" in done.stdout
    assert "begin anew: linear.weight (12x128, the file has 10x128)" in done.stdout
    assert "final fit: on 24, for as many of these steps as are best" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--data", "nowhere"), "there is no data `nowhere`"),
        (("--set", "classes=11"), "the data has 10 classes"),
        (("--resume",), "--dry-run is of a run that begins"),
        (("--device", "cuda"), "there is no `cuda` that PyTorch can use"),
        (("--from", "nowhere"), "`nowhere` cannot be read"),
        (("--output", "run"), "`run` has a run"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_could_not_be_trained(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    if torch.cuda.is_available() and "cuda" in words:
        pytest.skip("there is one")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/last.ckpt").touch()
    done = inside("train", spec(tmp_path), "--dry-run", *words, folder=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr


def imported(module: str, known: set[str]) -> set[str]:
    """The modules that are imported with one, as far as they are ours; and theirs by name."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    path = path if path.exists() else path.with_suffix("") / "__init__.py"
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{each.name}" for each in node.names]
            names = [node.module, *(each for each in inner if ours(each))]
        for name in {*names} - known:
            known.add(name)
            if ours(name):
                imported(name, known)
    return known


def ours(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def test_it_does_without_lightning() -> None:
    """Which takes seconds to import."""
    found = imported("cnncalc.runtime.train.dry_run", set())
    assert {"torch", "cnncalc.runtime.train.batches"} <= found
    assert not {name for name in found if name.startswith("pytorch_lightning")}
    assert "pytorch_lightning" in imported("cnncalc.runtime.train.engine", set())
