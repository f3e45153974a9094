"""The bounds as they are computed now, against what layers took when the record was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.roofline.runs import OtherwiseError, Run, Runs
from cnncalc import load
from cnncalc.analysis.roofline import least, works

RECORDS = sorted((Path(__file__).parents[2] / "docs" / "measurements").glob("*-roofline-*.json"))

SAMPLE = (
    *("resnet50", "hrnet_w18", "swin_t", "densenet121", "facenet_nn2", "gpt2", "lstm"),
    *("sagan_discriminator", "maxvit_t", "bit_r50x1"),
)
"""Networks of many kinds of layers; a record has some of them."""


def test_there_is_a_record() -> None:
    assert RECORDS


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_no_layer_took_less_than_its_bound(path: Path) -> None:
    runs = Runs(path, {"dtype": "fp32"})
    assert runs.ceilings
    there = [name for name in SAMPLE if name in runs.found]
    assert len(there) >= 4
    for name in there:
        done = works(load(name), runs.setting["batch"], 4)
        for (node, work), taken in zip(done.items(), runs.found[name].layers, strict=True):
            assert taken == 0 or least(work, runs.ceilings).seconds < taken, (name, node.path)


def test_runs_are_kept_and_found_again(tmp_path: Path) -> None:
    setting = {"device": "Some CPU", "dtype": "fp32", "batch": 1}
    runs = Runs(tmp_path / "runs.json", setting)
    assert not runs.found
    runs.found["mlp"] = Run(0.5, (0.25,) * len(load("mlp").layers), 7, 1)
    runs.keep()
    again = Runs(runs.path, setting)
    assert again.found == runs.found
    (lesson,) = again.lessons()
    assert (lesson.seconds, {sample.seconds for sample in lesson.samples}) == (0.5, {0.25})
    with pytest.raises(OtherwiseError, match="is of dtype fp32, not bf16"):
        Runs(runs.path, {"dtype": "bf16"})
