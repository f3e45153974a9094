"""Ctrl-C, SIGTERM, and two runs in one folder."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnncalc.commands.how_to_train import HowToTrain
from cnncalc.commands.train import Words
from cnncalc.runtime.train.errors import TrainError
from cnncalc.runtime.train.lock import held
from tests.train.small import ALONE, command, run, same, spec

pytestmark = pytest.mark.torch

LONG = ["-r", "epochs=400", "-r", "batch=64"]


def ended(
    folder: Path, number: int, *arguments: str, after: str, wait: float = 0
) -> subprocess.CompletedProcess[str]:
    """A run that is sent a signal when it has printed a line that begins with `after`, and a while
    later."""
    with subprocess.Popen(
        command(*arguments),
        cwd=folder, env=ALONE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        for line in process.stdout:
            if line.split()[:1] == [after]:
                break
        time.sleep(wait)
        process.send_signal(number)
        out, error = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, error)


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
    ids=["Ctrl-C", "SIGTERM"],
)
def test_a_signal_says_what_stands_and_how_to_go_on(
    tmp_path: Path, number: int, code: int, word: str
) -> None:
    spec(tmp_path)
    done = ended(tmp_path, number, "small.yaml", *LONG, after="3")
    assert done.returncode == code
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"cnncalc: {word}; `runs/small/last.ckpt` stands, after epoch ")
    epochs = int(line.split("after epoch ")[1].split(":")[0])
    assert epochs >= 2  # an epoch's line comes just before its checkpoint
    again = shlex.split(line.split("go on with ")[1])
    assert again[:3] == ["cnncalc", "train", "small.yaml"]
    resumed = run(tmp_path, *again[2:], "-r", f"epochs={epochs + 1}")
    assert resumed.returncode == 0, resumed.stderr
    assert f"goes on from runs/small/last.ckpt, after epoch {epochs}\n" in resumed.stdout


def test_ended_before_there_is_a_checkpoint(tmp_path: Path) -> None:
    spec(tmp_path)
    done = ended(tmp_path, signal.SIGTERM, "small.yaml", "-r", "batch=1", after="epoch")
    assert done.returncode == 143
    assert done.stderr == "cnncalc: terminated in the first epoch: there is no checkpoint yet\n"


def test_the_command_that_goes_on() -> None:
    choice = HowToTrain("a b.npz", None, False, "old.ckpt", "cpu", 2)
    words = Words("s p.yaml", ["width=2"], ["seed=1", "rates.a=2"], choice)
    assert words.again(Path("runs/a")) == (
        "cnncalc train 's p.yaml' --resume --output runs/a --set width=2 --recipe seed=1"
        " --recipe rates.a=2 --data 'a b.npz' --device cpu --devices 2"
    )
    pair = Words("g.yaml", ["discriminator.width=8"], [], HowToTrain(discriminator="d.yaml"))
    assert pair.again(Path("runs/g")) == (
        "cnncalc train g.yaml --resume --output runs/g --set discriminator.width=8"
        " --discriminator d.yaml"
    )


# -- two runs in one folder -----------------------------------------------------------------


def test_a_second_run_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    arguments = ["small.yaml", *LONG, "--output", "run"]
    spec(tmp_path)
    with subprocess.Popen(
        command(*arguments), cwd=tmp_path, env=ALONE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout
        for line in first.stdout:
            if line.split()[:1] == ["2"]:
                break
        second = run(tmp_path, *arguments, "--resume")
        with pytest.raises(TrainError, match="another process trains in"), held(tmp_path / "run"):
            pass
        first.kill()
    assert second.returncode == 2
    assert second.stdout == ""
    assert second.stderr == (
        "cnncalc: another process trains in `run` now: wait for it, or name another --output\n"
    )
    with held(tmp_path / "run"):
        assert (tmp_path / "run/.lock").exists()


def test_a_lock_is_free_when_it_is_left(tmp_path: Path) -> None:
    with (
        held(tmp_path),
        pytest.raises(TrainError, match="another process trains in"),
        held(tmp_path),
    ):
        pass
    with held(tmp_path):
        pass


def test_a_lock_is_not_left_to_children(tmp_path: Path) -> None:
    """A process that a run started, and that outlives it, holds nothing."""
    with held(tmp_path):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with held(tmp_path):
        assert child.poll() is None
    child.communicate(b"\n")


@pytest.mark.slow
@pytest.mark.skipif("CNNCALC_THOROUGH" not in os.environ, reason="takes minutes")
def test_twenty_kills(tmp_path: Path) -> None:
    """A run that is killed twenty times, as a checkpoint is written or some hundredths of a second
    later, ends with the weights of one that is not."""
    spec(tmp_path, dropout=True)
    arguments = ["small.yaml", "-r", "epochs=60", "-r", "batch=32"]
    whole = run(tmp_path, *arguments, "--output", "whole")
    assert whole.returncode == 0, whole.stderr
    for number in range(20):
        more = ["--resume"] if number else []
        words = [*arguments, "-o", "cut", *more]
        after, wait = str(2 * number + 2), 0.01 * number
        done = ended(tmp_path, signal.SIGKILL, *words, after=after, wait=wait)
        assert done.returncode == -signal.SIGKILL, done.stderr
    last = run(tmp_path, *arguments, "--output", "cut", "--resume")
    assert last.returncode == 0, last.stderr
    for name in ("last.ckpt", "best.ckpt"):
        assert same(tmp_path / "whole" / name, tmp_path / "cut" / name)
