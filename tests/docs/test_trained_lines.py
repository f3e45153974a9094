"""The lines of the README from a training to an ONNX file that runs: all give the same answers."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

pytestmark = pytest.mark.torch

torch = pytest.importorskip("torch")
pytest.importorskip("pytorch_lightning")
pytest.importorskip("onnxruntime")

from PIL import Image  # noqa: E402 (it is there where the above are)
from sklearn.datasets import load_digits  # type: ignore[import-untyped] # noqa: E402

import cnncalc  # noqa: E402
from tests.docs.pages import ROOT, blocks, furnish  # noqa: E402
from tests.train.small import ALONE  # noqa: E402

README = ROOT / "README.md"


def lines() -> Iterator[list[str]]:
    """The words of each line of the block that trains and goes on."""
    (block,) = (each for each in blocks(README, "sh") if "--with-preprocessing" in each.text)
    return map(shlex.split, block.text.splitlines())


def ran(folder: Path, words: list[str]) -> str:
    program = {"cnncalc": [sys.executable, "-m", "cnncalc"], "python": [sys.executable]}
    command = [*program[words[0]], *words[1:]]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=ALONE, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def scans(folder: Path) -> list[Path]:
    """Three digits as large as the network reads them, in the files that the lines name."""
    names = [word for words in lines() if "predict" in words for word in words[3:]]
    for number, name in enumerate(names):
        assert Path(name).parent.name == str(number)
        (folder / name).parent.mkdir(parents=True)
        pixels = (load_digits().images[number] * 255 / 16).round().astype("u1")
        image = Image.fromarray(pixels).resize((32, 32), Image.Resampling.BILINEAR)
        image.save(folder / name)
    return [folder / name for name in names]


def by_pytorch(folder: Path, files: list[Path]) -> list[int]:
    """What the trained network says, from what its checkpoint holds."""
    held = torch.load(folder / "runs/lenet5/best.ckpt", weights_only=True)
    network = cnncalc.lower("lenet5").eval()
    network.load_state_dict(
        {name.removeprefix("network."): each for name, each in held["state_dict"].items()}
    )
    pixels = numpy.stack([numpy.asarray(Image.open(file)) for file in files])
    how = held["cnncalc"]["normalisation"]
    given = (torch.from_numpy(pixels)[:, None] / 255 - how["mean"][0]) / how["deviation"][0]
    found: list[int] = network(given).argmax(1).tolist()
    return found


@pytest.mark.slow
def test_all_say_the_same(tmp_path: Path) -> None:
    furnish(tmp_path, README)
    files = scans(tmp_path)
    trained, evaluated, predicted, _, onnx = (ran(tmp_path, words) for words in lines())
    first, *_, best, checkpoint = trained.splitlines()
    assert first == "data: digits of scikit-learn; 1x8x8, 10 classes"
    assert re.fullmatch("best: epoch .* of 359 validation images", best)  # a fifth of 1,797
    assert float(best.split("accuracy ")[1].split(" %")[0]) >= 97
    assert checkpoint == "checkpoint: runs/lenet5/best.ckpt"
    answers = by_pytorch(tmp_path, files)
    assert [int(line.split()[1]) for line in predicted.splitlines()[1:]] == answers
    assert [int(line.split()[1]) for line in onnx.splitlines()] == answers
    right = sum(number == answer for number, answer in enumerate(answers))
    assert f"accuracy: {100 * right / 3:.2f} % of 3;" in evaluated
