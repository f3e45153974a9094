"""`cnncalc train` as its users run it."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import torch

from cnncalc.language.load import load
from tests.little_memory import run_with_little
from tests.train.small import ALONE, WITH_GPU, command, process, run, same, spec, weights

pytestmark = pytest.mark.torch

# -- what comes out -------------------------------------------------------------------------


def test_a_checkpoint_is_read_without_pickle(finished: Path) -> None:
    found = torch.load(finished / "best.ckpt", weights_only=True)
    said = found["cnncalc"]
    assert said["spec"] == (finished.parent / "small.yaml").read_text()
    assert said["recipe"]["optimizer"] == {"kind": "sgd", "momentum": 0.9, "nesterov": False}
    assert len(said["normalisation"]["mean"]) == 1
    assert said["data"] == "digits of scikit-learn"
    assert said["classes"] == list("0123456789")


def test_each_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    for _ in range(2):
        assert run(tmp_path, spec(tmp_path), "-r", "epochs=1").returncode == 0
    runs = [tmp_path / "runs" / name / "last.ckpt" for name in ("small", "small-2")]
    assert same(*runs)


def test_a_test_set_is_tested_once(tmp_path: Path) -> None:
    draw = numpy.random.default_rng(0)
    labels = draw.integers(2, size=200)
    images = (labels[:, None, None] * 200 + draw.integers(40, size=(200, 8, 8))).astype("u1")
    numpy.savez(
        tmp_path / "data.npz",
        x_train=images[:150], y_train=labels[:150], x_test=images[150:], y_test=labels[150:],
    )  # fmt: skip
    arguments = ["--data", "data.npz", "--set", "classes=2"]
    done = run(tmp_path, spec(tmp_path), *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "test: accuracy 100.00 % of 50 images"


def test_early_stopping(tmp_path: Path) -> None:
    path = spec(tmp_path, "  early_stopping: 1\n")
    done = run(tmp_path, path, "--data", "synthetic", "-r", "epochs=40")
    assert "stopped: not better for 1 epoch" in done.stdout


@pytest.mark.cuda
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_on_a_gpu(tmp_path: Path, precision: str) -> None:
    few = ["--device", "cuda", "-r", f"precision={precision}", "-r", "epochs=2"]
    done = process(tmp_path, spec(tmp_path), *few, env=WITH_GPU)
    assert done.returncode == 0, done.stderr
    assert "checkpoint: runs/small/best.ckpt" in done.stdout
    more = [*few[:-1], "epochs=3", "--resume"]
    again = process(tmp_path, spec(tmp_path), *more, env=WITH_GPU)
    assert again.returncode == 0, again.stderr
    assert "goes on from runs/small/last.ckpt, after epoch 2" in again.stdout
    last = weights(tmp_path / "runs/small/last.ckpt")
    assert all(tensor.isfinite().all() for tensor in last.values())


# -- recipes that are shipped ---------------------------------------------------------------


def test_the_recipe_of_the_lectures(tmp_path: Path) -> None:
    recipe = load("resnet20").recipe
    assert recipe
    assert recipe.optimizer == (0.9, False)
    assert (recipe.rate, recipe.schedule.factor) == (0.1, 0.1)  # type: ignore[union-attr]
    assert recipe.weight_decay.rate == 1e-4
    done = run(tmp_path, "resnet20", "--data", "synthetic", "-r", "steps=2", "-r", "batch=8")
    assert done.returncode == 0, done.stderr


def test_fine_tuning_leaves_the_encoder_as_it_was(tmp_path: Path) -> None:
    few = ["-r", "steps=3"]
    assert run(tmp_path, "convolutional_autoencoder", *few).returncode == 0
    done = run(
        tmp_path,
        "autoencoder_classifier",
        *few,
        "--from",
        "runs/convolutional_autoencoder/best.ckpt",
    )
    assert done.returncode == 0, done.stderr
    start = "runs/convolutional_autoencoder/best.ckpt"
    begun, anew, unused = done.stdout.partition("begins with ")[2].splitlines()[:3]
    assert begun == f"6 of 8 tensors from {start}, by name"
    assert anew == "begin anew: linear.weight, linear.bias"
    assert unused.startswith(f"not used of {start}: decoder.")
    before = weights(tmp_path / "runs/convolutional_autoencoder/best.ckpt")
    after = weights(tmp_path / "runs/autoencoder_classifier/last.ckpt")
    for name in (n for n in after if "encoder" in n):
        assert torch.equal(after[name], before[name])


def test_a_slower_encoder(tmp_path: Path, finished: Path) -> None:
    start = weights(finished / "best.ckpt")
    moved = []
    for factor in ("0.01", "1"):
        rate = ["-r", f"rates.encoder={factor}", "-r", "steps=1", "--output", factor]
        done = run(tmp_path, spec(tmp_path), "--from", str(finished / "best.ckpt"), *rate)
        assert done.returncode == 0, done.stderr
        after = weights(tmp_path / factor / "last.ckpt")["network.encoder.conv.weight"]
        moved.append(float((after - start["network.encoder.conv.weight"]).norm()))
    assert moved[0] == pytest.approx(0.01 * moved[1], rel=1e-3)


HEADS = """
name: heads
input: 1x8x8
layers:
  - {name: body, layers: [{conv: {filters: 4, kernel: 3}}, relu]}
  - flatten
  - linear: 10
outputs:
  aux: {from: body, layers: [flatten, linear: 10]}
train: {steps: 3, auxiliary: {aux: 0.3}, precision: bfloat16, clip_value: 1, max_norm: 2}
"""


def test_auxiliary_heads(tmp_path: Path) -> None:
    (tmp_path / "heads.yaml").write_text(HEADS)
    done = run(tmp_path, "heads.yaml")
    assert done.returncode == 0, done.stderr
    start = run(tmp_path, "heads.yaml", "-r", "auxiliary.aux=0", "-o", "without")
    assert start.returncode == 0, start.stderr
    heads = [
        weights(tmp_path / folder / "last.ckpt")["network.aux.linear.weight"]
        for folder in ("runs/heads", "without")
    ]
    assert not torch.equal(*heads)


# -- what goes wrong ------------------------------------------------------------------------

WRONG = {
    "no cuda": (["--device", "cuda"], "there is no CUDA device that PyTorch can use"),
    "no device": (["--device", "tpu"], "--device wants one of auto, cpu, cuda"),
    "classes": (["--set", "classes=7"], "the network gives 7, the data has 10 classes"),
    "the way out": (["--set", "classes=7"], "--set classes=10"),
    "no data": (["--data", "nowhere"], "there is no data `nowhere`"),
    "no checkpoint": (["--from", "nowhere.ckpt"], "cannot be read: no such file"),
    "both": (["--from", "a", "--resume"], "give one of them"),
    "a map of nothing": (["--map", "a"], "give both"),
    "rate": (["-r", "learning_rate=1e14"], "a lower rate may help"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG)
def test_wrong_usage(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = run(tmp_path, spec(tmp_path), *arguments)
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("network", "says"),
    [
        ("lenet5_1998", "--recipe resize=true"),
        ("resnet20", "--recipe recolour=true --recipe resize=true"),
        ("faster_rcnn", "has the inputs `image`, `region`"),
        ("show_and_tell", "image"),
    ],
)
def test_images_of_another_shape(tmp_path: Path, network: str, says: str) -> None:
    done = run(tmp_path, network, "-r", "resize=false")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_faulty_recipe(tmp_path: Path) -> None:
    done = run(tmp_path, spec(tmp_path), "-r", "epochz=3")
    assert done.returncode == 1
    assert "--recipe epochz=3:1:1: CNN251 a recipe has no field `epochz`" in done.stderr
    assert "did you mean `epochs`?" in done.stderr


def test_a_pickle_is_no_checkpoint(tmp_path: Path) -> None:
    torch.save({"state_dict": Path}, tmp_path / "bad.ckpt")
    done = run(tmp_path, spec(tmp_path), "--from", "bad.ckpt")
    assert done.returncode == 2
    assert "holds more than weights, numbers and texts, and is not loaded" in done.stderr


def limited(
    folder: Path, what: int, most: int, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Train with a bound on what the process may have."""
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        env=ALONE | {"PYTHONDONTWRITEBYTECODE": "1"},  # half a file of it, where files are bounded
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(what, (most, most)),
        timeout=300,
    )


def test_a_full_disk_leaves_the_last_checkpoint_whole(tmp_path: Path) -> None:
    path = spec(tmp_path)
    assert run(tmp_path, path, "-r", "epochs=1").returncode == 0
    last = tmp_path / "runs/small/last.ckpt"
    before = last.read_bytes()
    most = len(before) // 2
    done = limited(tmp_path, resource.RLIMIT_FSIZE, most, path, "-r", "epochs=2", "--resume")
    assert done.returncode == 2
    assert "the disk is full; `runs/small/last.ckpt` is whole: make room" in done.stderr
    assert last.read_bytes() == before
    assert not list((tmp_path / "runs/small").glob("*.partial"))
    assert run(tmp_path, path, "-r", "epochs=2", "--resume").returncode == 0


def test_an_unwritable_folder(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    done = run(tmp_path, spec(tmp_path))
    assert done.returncode == 2
    assert "cannot write in `runs/small`" in done.stderr


WIDE = """
name: wide
input: 1x8x8
layers:
  - {conv: {filters: 64, kernel: 3, padding: half}}
  - relu
  - {upsample: 8}
  - global_avg_pool
  - linear: 10
train: {batch: 1600}
"""


@pytest.mark.skipif(sys.platform != "linux", reason="bounds the memory as Linux counts it")
def test_out_of_memory_says_what_fits(tmp_path: Path) -> None:
    """64x64x64 floats are a MiB an image, and there is 1 GiB."""
    (tmp_path / "wide.yaml").write_text(WIDE)
    module, mib = "cnncalc.runtime.train.engine", 1024
    done = run_with_little(module, mib, "train", "wide.yaml", folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "out of memory with a batch of 1,600; " in done.stderr
    fits = int(done.stderr.split("--recipe batch=")[1])
    assert fits in (800, 400, 200, 100, 50, 25)
    less = ["-r", f"batch={fits}", "-r", "steps=1", "-r", "validation=0"]
    again = run_with_little(module, mib, "train", "wide.yaml", *less, folder=tmp_path)
    assert again.returncode == 0, again.stderr


BLOCKED = (
    "import sys; sys.modules['pytorch_lightning'] = None; from cnncalc.cli import main; main()"
)


def test_without_the_extra(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, "train", "lenet5"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == ("cnncalc: train needs pytorch_lightning: pip install 'cnncalc[train]'\n")
