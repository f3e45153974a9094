"""Checkpoints that are damaged, or lie: each is refused with a message, or is read as it was."""

from __future__ import annotations

import ast
import hashlib
import io
import math
import os
import pickle
import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from torch import Tensor

import cnncalc
from cnncalc.language.load import load as load_spec
from cnncalc.runtime.reading import ReadError
from cnncalc.runtime.sealed import seal, state
from cnncalc.runtime.stored import digest, load
from cnncalc.runtime.train import checkpoint, engine
from cnncalc.runtime.train.data import open_data
from cnncalc.runtime.train.engine import Training, train
from cnncalc.runtime.train.errors import TrainError
from tests.train.small import spec

pytestmark = pytest.mark.torch

RECIPE = """
  schedule: {kind: plateau, patience: 1, factor: 0.5}
"""


class Subject:
    """A run of two epochs, and what goes on with it."""

    def __init__(self, folder: Path) -> None:
        self.graph = load_spec(spec(folder, RECIPE, dropout=True))
        assert self.graph.recipe
        self.recipe = self.graph.recipe._replace(epochs=2)
        self.folder = folder / "run"
        train(self.graph, self.recipe, Training(folder=self.folder, device="cpu"))
        self.written = (self.folder / "last.ckpt").read_bytes()
        self.contents = load(self.folder / "last.ckpt")

    def resume(self, folder: Path) -> None:
        """Three epochs more, in all five: a lie that passes trains them."""
        recipe = self.recipe._replace(epochs=5)
        train(self.graph, recipe, Training(folder=folder, resume=True, device="cpu"))


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """On one thread: the network is small."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield Subject(tmp_path_factory.mktemp("hostile"))
    torch.set_num_threads(threads)


# -- flipped bits ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader(subject: Subject) -> Callable[[Path], str]:
    """What is resumed from a file, as one word."""
    with engine._quiet():
        data = open_data("digits", (1, 8, 8), 10, False)
        task = engine._task(subject.graph, subject.recipe, data)
        task.header = checkpoint.header(task)
        trainer, _ = engine._trainer(
            task, subject.folder, "cpu", Training(), [], checkpoint.WholeFiles()
        )

    def read(path: Path) -> str:
        found = checkpoint.resumable(path, task, trainer)
        found["cnncalc"].pop("sha256")
        return digest(found)

    return read


def regions(written: bytes) -> dict[str, list[int]]:
    """Offsets in the file by what stands there."""
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        entries, directory = archive.infolist(), archive.start_dir
    found = {"directory": list(range(directory, len(written)))}
    for entry in entries:
        name, extra = struct.unpack_from("<HH", written, entry.header_offset + 26)
        begins = entry.header_offset + 30 + name + extra
        found[f"header of {entry.filename}"] = list(range(entry.header_offset, begins))
        found[entry.filename] = list(range(begins, begins + entry.file_size))
    return found


FLIPS = 300


def flips(written: bytes) -> list[tuple[str, int, int]]:
    """Bits, some in each part of the file, drawn with a fixed seed."""
    draw = random.Random(11)
    parts = regions(written)
    each = [(name, draw.choice(parts[name]), draw.randrange(8)) for name in parts for _ in range(5)]
    most = [name for name in parts if "pkl" in name or name == "directory"]
    rest = [(name, draw.choice(parts[name]), draw.randrange(8)) for name in most for _ in range(50)]
    anywhere = [("anywhere", draw.randrange(len(written)), draw.randrange(8)) for _ in range(FLIPS)]
    return [*each, *rest, *anywhere]


def outcome(read: Callable[[Path], str], path: Path) -> str | None:
    """None where it is refused: other errors than ours are none."""
    try:
        return read(path)
    except (TrainError, ReadError):
        return None


def test_a_flipped_bit_is_refused_or_changes_nothing(
    tmp_path: Path, subject: Subject, reader: Callable[[Path], str]
) -> None:
    path = subject.folder / "last.ckpt"
    sound, flipped = reader(path), tmp_path / "last.ckpt"
    weights = digest(state(path))
    refused = 0
    for where, offset, bit in flips(subject.written):
        harmed = bytearray(subject.written)
        harmed[offset] ^= 1 << bit
        flipped.write_bytes(harmed)
        found = outcome(reader, flipped)
        assert found in (sound, None), (where, offset, bit)
        refused += found is None
        assert outcome(lambda path: digest(state(path)), flipped) in (weights, None)
    assert refused > FLIPS / 2  # most of the file is tensors: a flip there never passes


def test_each_tensor_is_covered(subject: Subject) -> None:
    """A bit of every tensor, of the weights and of what the optimizer keeps."""
    states = subject.contents["optimizer_states"][0]["state"].values()
    found = [subject.contents["state_dict"], *states]
    sound = digest(subject.contents)
    for tensor in (tensor for each in found for tensor in each.values()):
        bits = tensor.view(-1).view(torch.int32)
        bits[-1] ^= 1
        assert digest(subject.contents) != sound
        bits[-1] ^= 1
    assert digest(subject.contents) == sound


@pytest.mark.parametrize("share", [0, 0.2, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut(
    tmp_path: Path, subject: Subject, reader: Callable[[Path], str], share: float
) -> None:
    path = tmp_path / "last.ckpt"
    path.write_bytes(subject.written[: int(len(subject.written) * share)])
    with pytest.raises(TrainError, match="not whole; `--from"):
        reader(path)


# -- lies, with a digest that fits -----------------------------------------------------------

Contents = dict[str, Any]


def said(name: str, value: Any) -> Callable[[Contents], None]:
    return lambda c: c["cnncalc"].update({name: value})


def unsaid(name: str) -> Callable[[Contents], None]:
    return lambda c: c["cnncalc"].pop(name)


def put(name: str, value: Any) -> Callable[[Contents], None]:
    return lambda c: c.update({name: value})


def weight(change: Callable[[Tensor], Any]) -> Callable[[Contents], None]:
    def lie(c: Contents) -> None:
        c["state_dict"]["network.linear.weight"] = change(c["state_dict"]["network.linear.weight"])

    return lie


def kept(change: Callable[[Contents], Any]) -> Callable[[Contents], Any]:
    return lambda c: change(c["optimizer_states"][0]["state"])


def group(**fields: Any) -> Callable[[Contents], None]:
    return lambda c: c["optimizer_states"][0]["param_groups"][0].update(fields)


def loop(*names: str, value: Any) -> Callable[[Contents], None]:
    def lie(c: Contents) -> None:
        inner = c["loops"]["fit_loop"]
        for name in names[:-1]:
            inner = inner[name]
        inner[names[-1]] = value

    return lie


def watch(**fields: Any) -> Callable[[Contents], None]:
    return lambda c: c["cnncalc"]["watch"].update(fields)


def recipe(**fields: Any) -> Callable[[Contents], None]:
    return lambda c: c["cnncalc"]["recipe"].update(fields)


def fewer(c: Contents) -> None:
    c["cnncalc"]["epochs"], c["epoch"] = 1, 0
    c["cnncalc"]["watch"].update(epoch=1, stale=0, falls=0)


LIES: dict[str, tuple[Callable[[Contents], Any], str]] = {
    "no cnncalc": (lambda c: c.pop("cnncalc"), "is no checkpoint of `cnncalc train`"),
    "cnncalc is a list": (put("cnncalc", [1]), "is no checkpoint of `cnncalc train`"),
    "no source": (unsaid("source"), "has no `source`"),
    "source is a number": (said("source", 3), "has a int as its `source`"),
    "another source": (said("source", "import os"), "the network is not the one"),
    "no recipe": (unsaid("recipe"), "has no `recipe`"),
    "recipe is a text": (said("recipe", "epochs: 3"), "has a str as its `recipe`"),
    "another rate": (recipe(learning_rate=9.0), "the recipe is not the one"),
    "rate is no number": (recipe(learning_rate=math.nan), "the recipe is not the one"),
    "another seed": (recipe(seed=1), "the recipe is not the one"),
    "no data": (unsaid("data"), "has no `data`"),
    "data is None": (said("data", None), "has a NoneType as its `data`"),
    "normalisation is a list": (said("normalisation", [0]), "as its `normalisation`"),
    "other counts": (said("images", {"training": 7}), "was trained with other data"),
    "no epochs": (unsaid("epochs"), "has no `epochs`"),
    "epochs below 0": (said("epochs", -2), "has `epochs` -2, which is no count"),
    "epochs are 0": (said("epochs", 0), "has `epochs` 0"),
    "epochs are no number": (said("epochs", math.nan), "has a float as its `epochs`"),
    "epochs are a text": (said("epochs", "2"), "has a str as its `epochs`"),
    "epochs are true": (said("epochs", True), "which is no count"),
    "epochs are huge": (said("epochs", 2**70), "which is no count"),
    "more epochs": (said("epochs", 3), "do not belong to its `epochs`"),
    "fewer epochs": (fewer, "do not belong to 1 epoch"),
    "no watch": (unsaid("watch"), "has no `watch`"),
    "watch is a list": (said("watch", []), "has a list as its `watch`"),
    "watch lacks": (said("watch", {}), "has no `epoch`"),
    "best is no number": (watch(best=math.nan), "as its `watch`"),
    "best is a text": (watch(best="0"), "has a str as its `best`"),
    "stale below 0": (watch(stale=-1), "which is no count"),
    "fallen too often": (watch(falls=99), "has watched `falls` 99 in 2 epochs"),
    "stopped is a number": (watch(stopped=0), "has a int as its `stopped`"),
    "watch has a method": (watch(see=1), "as its `watch`"),
    "no state": (lambda c: c.pop("state_dict"), "has no `state_dict`"),
    "state is a list": (put("state_dict", []), "has a list as its `state_dict`"),
    "state of numbers": (put("state_dict", {"network.a": 1}), "which is no tensor"),
    "state by number": (put("state_dict", {1: torch.zeros(2)}), "which is no tensor"),
    "a weight lacks": (lambda c: c["state_dict"].popitem(), "lacks the weight `network."),
    "a weight too many": (
        lambda c: c["state_dict"].update(x=torch.zeros(1)),
        "has the weight `x`",
    ),
    "another shape": (weight(lambda t: t.T.contiguous()), "of 128x10 float32, where"),
    "a scalar": (weight(lambda t: t.sum()), "of one float32"),
    "another type": (weight(lambda t: t.double()), "of 10x128 float64, where"),
    "whole numbers": (weight(lambda t: t.long()), "of 10x128 int64"),
    "no numbers": (weight(lambda t: t * math.nan), "that are no numbers"),
    "infinite": (weight(lambda t: t + math.inf), "that are no numbers"),
    "no optimizer": (lambda c: c.pop("optimizer_states"), "has no `optimizer_states`"),
    "optimizer is a dictionary": (put("optimizer_states", {}), "has a dict as its"),
    "two optimizers": (lambda c: c["optimizer_states"].append({}), "has 2 optimizers"),
    "optimizer is a text": (put("optimizer_states", ["sgd"]), "optimizers, a run has one"),
    "optimizer is empty": (put("optimizer_states", [{}]), "has no `param_groups`"),
    "no groups": (
        lambda c: c["optimizer_states"][0].update(param_groups=[]),
        "with other groups of weights",
    ),
    "another momentum": (group(momentum=0.1), "with another `momentum`"),
    "other weights": (group(params=[3, 2, 1, 0]), "with another `params`"),
    "rate below 0": (group(lr=-1.0), "has the learning rate `-1.0`"),
    "rate as text": (group(lr="0.1"), "has the learning rate `0.1`"),
    "maximized": (group(maximize=True), "with another `maximize`"),
    "nothing kept": (kept(lambda s: s.clear()), "has nothing of what its optimizer keeps"),
    "kept of what is not": (kept(lambda s: s.update({9: s[0]})), "of a weight `9`"),
    "kept by name": (kept(lambda s: s.update(a=s[0])), "of a weight `a`"),
    "kept empty": (kept(lambda s: s.update({0: {}})), "that keeps nothing of a weight"),
    "kept otherwise": (
        kept(lambda s: s[0].update(step=torch.ones(()))),
        "that keeps momentum_buffer, step of a weight",
    ),
    "kept swapped": (kept(lambda s: s.update({0: s[1]})), "`momentum_buffer` of its optimizer"),
    "kept is no tensor": (kept(lambda s: s[0].update(momentum_buffer=1)), "which is no tensor"),
    "kept is None": (kept(lambda s: s[0].update(momentum_buffer=None)), "which is no tensor"),
    "no loops": (lambda c: c.pop("loops"), "has no `loops`"),
    "loops are None": (put("loops", None), "has a NoneType as its `loops`"),
    "loops are empty": (put("loops", {}), "has no `fit_loop`"),
    "a loop is empty": (put("loops", {"fit_loop": {}}), "has other `loops`"),
    "six epochs more": (
        loop("epoch_progress", "current", "completed", value=-5),
        "do not belong to 2 epochs: `epoch_progress`",
    ),
    "epochs begun": (loop("epoch_progress", "current", "processed", value=0), "`epoch_progress`"),
    "epochs in text": (loop("epoch_progress", "total", value="2"), "`epoch_progress`"),
    "batches": (
        loop("epoch_loop.batch_progress", "current", "ready", value=10**9),
        "has an epoch of 1000000000 batches",
    ),
    "not the last batch": (
        loop("epoch_loop.batch_progress", "is_last_batch", value=False),
        "`epoch_loop.batch_progress`",
    ),
    "steps in loops": (
        loop("epoch_loop.state_dict", "_batches_that_stepped", value=1),
        "`epoch_loop.state_dict`",
    ),
    "state in loops": (loop("state_dict", value={"a": 1}), "`state_dict`"),
    "steps below 0": (put("global_step", -1), "which is no count"),
    "no steps": (put("global_step", 0), "do not belong to its `epochs`"),
    "other steps": (put("global_step", 7), "has 7 steps of 102 batches"),
    "another epoch": (put("epoch", 7), "do not belong to its `epochs`"),
    "another format": (said("format", 99), "has format 99, this cnncalc reads 2"),
    "format is a long text": (said("format", "n" * 10**6), "nnn...; `--from"),
    "data of a long name": (said("data", "n" * 10**6), "trained with other data: nnn"),
    "a weight of a long name": (
        lambda c: c["state_dict"].update({"x" * 10**6: torch.zeros(1)}),
        "xxx...; `--from",
    ),
    "format is a text": (said("format", "new"), "has format 'new'"),
}


def lying(subject: Subject, folder: Path, lie: Callable[[Contents], Any]) -> Path:
    """A checkpoint that lies, with the digest of the lie."""
    contents = load(subject.folder / "last.ckpt")
    del contents["cnncalc"]["sha256"]
    lie(contents)
    folder.mkdir()
    torch.save(resealed(contents), folder / "last.ckpt")
    return folder


def resealed(contents: Contents) -> Contents:
    """With a digest, whatever the format says."""
    own = contents.get("cnncalc")
    if not isinstance(own, dict):
        return contents
    own["sha256"] = digest(contents)
    return contents


@pytest.mark.parametrize(("lie", "says"), LIES.values(), ids=LIES)
def test_a_lie_is_said(
    tmp_path: Path,
    subject: Subject,
    reader: Callable[[Path], str],
    lie: Callable[[Contents], Any],
    says: str,
) -> None:
    path = lying(subject, tmp_path / "run", lie) / "last.ckpt"
    before = path.read_bytes()
    with pytest.raises(TrainError) as refused:
        reader(path)
    assert says in str(refused.value)
    assert str(path) in str(refused.value)
    assert len(str(refused.value)) < 1000
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["six epochs more", "infinite", "another rate", "no watch"])
def test_a_run_does_not_begin_on_a_lie(tmp_path: Path, subject: Subject, name: str) -> None:
    lie, says = LIES[name]
    folder = lying(subject, tmp_path / "run", lie)
    with pytest.raises(TrainError) as refused:
        subject.resume(folder)
    assert says in str(refused.value)
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "last.ckpt"]


def test_without_a_lie_it_is_resumed(
    tmp_path: Path, subject: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the table above would not see if every file were refused."""
    subject.resume(lying(subject, tmp_path / "run", lambda c: None))
    assert "after epoch 2" in capsys.readouterr().out


UNUSED: dict[str, Callable[[Contents], Any]] = {
    "callbacks": put("callbacks", {"EarlyStopping": {"wait_count": 9}}),
    "schedulers": put("lr_schedulers", [{"last_epoch": 9}]),
    "another Lightning": put("pytorch-lightning_version", "0.0.1 or so"),
    "hyperparameters": put("hyper_parameters", {"epochs": 99}),
    "other loops": lambda c: c["loops"].update(validate_loop={"a": 1}),
}


@pytest.mark.parametrize("lie", UNUSED.values(), ids=UNUSED)
def test_what_is_not_used_changes_nothing(
    tmp_path: Path, subject: Subject, reader: Callable[[Path], str], lie: Callable[[Contents], Any]
) -> None:
    folder = lying(subject, tmp_path / "run", lie)
    assert (folder / "last.ckpt").read_bytes() != subject.written
    assert reader(folder / "last.ckpt") == reader(subject.folder / "last.ckpt")


# -- without a digest -----------------------------------------------------------------------


def test_the_first_format_has_a_way_out(
    tmp_path: Path, subject: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lying(subject, tmp_path / "run", lambda c: None)
    contents = load(folder / "last.ckpt")
    for name in ("format", "sha256"):
        del contents["cnncalc"][name]
    torch.save(contents, folder / "last.ckpt")
    with pytest.raises(TrainError, match="by an older cnncalc, without a digest") as refused:
        subject.resume(folder)
    assert f"`--from {folder / 'last.ckpt'}` begins a new run" in str(refused.value)
    start = Training(folder=tmp_path / "new", start=folder / "last.ckpt", device="cpu")
    train(subject.graph, subject.recipe, start)
    assert "begins with 4 of 4 tensors" in capsys.readouterr().out


def test_the_digest_alone_is_missing(tmp_path: Path, subject: Subject) -> None:
    folder = lying(subject, tmp_path / "run", lambda c: None)
    contents = load(folder / "last.ckpt")
    del contents["cnncalc"]["sha256"]
    torch.save(contents, folder / "last.ckpt")
    with pytest.raises(TrainError, match="its SHA-256 is another"):
        subject.resume(folder)


def test_weights_of_others_are_checked_by_the_checksums_of_their_file(tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    torch.save({"a": torch.arange(1000.0)}, path)
    whole = path.read_bytes()
    assert torch.equal(state(path)["a"], torch.arange(1000.0))
    place = whole.index(torch.arange(1000.0).numpy().tobytes())
    path.write_bytes(whole[: place + 9] + bytes([whole[place + 9] ^ 1]) + whole[place + 10 :])
    with pytest.raises(ReadError, match="a checksum in it is another"):
        state(path)


# -- what takes memory, time, or runs -------------------------------------------------------


def rewritten(contents: object, change: Callable[[str, bytes], bytes], kind: int) -> bytes:
    """What `torch.save` writes of it, each entry changed, and compressed."""
    written, found = io.BytesIO(), io.BytesIO()
    torch.save(contents, written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(found, "w", kind) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return found.getvalue()


def pickled(text: bytes) -> Callable[[str, bytes], bytes]:
    """The same file with this pickle."""
    return lambda name, given: text if name.endswith("/data.pkl") else given


def longer(name: str, given: bytes) -> bytes:
    return bytes(2**28) if name.endswith("/data/0") else given


def widened(name: str, given: bytes) -> bytes:
    """A tensor of 1000 x 1000 x 1000 x 1000 of one value: strides are 0."""
    return given.replace(
        b"K\x01\x85q\x08K\x01\x85", b"(" + b"M\xe8\x03" * 4 + b"t(" + b"K\0" * 4 + b"t"
    )


def called(module: str, name: str, argument: bytes) -> bytes:
    """A pickle that calls something with a number."""
    return b"\x80\x02}X\1\0\0\0ac" + f"{module}\n{name}\n".encode() + argument + b"\x85Rs."


HUGE = b"\x8a\x06\0\0\0\0\0\1"
"""2**40."""

SMALL = {"a": torch.ones(1)}


def repeated() -> object:
    """A list of lists of lists ..., each ten times the same one: ten to the 30th."""
    found: list[Any] = [0]
    for _ in range(30):
        found = [found] * 10
    return {"cnncalc": {"format": 2, "sha256": "", "a": found}, "state_dict": SMALL}


def deep() -> object:
    found: list[Any] = [0]
    for _ in range(200):
        found = [found]
    return {"cnncalc": {"format": 2, "sha256": "", "a": found}, "state_dict": SMALL}


class Trap:
    """Unpickled, it leaves a trace."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("sprung",)


STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED

BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "deflated": (lambda: rewritten(SMALL, longer, DEFLATED), "is compressed or altered"),
    "deflated but not larger": (
        lambda: rewritten(SMALL, lambda n, d: d, DEFLATED),
        "is compressed or altered",
    ),
    "a comment behind it": (
        lambda: rewritten(SMALL, lambda n, d: d, STORED)[:-2] + b"\4\0more",
        "is compressed or altered",
    ),
    "wide": (lambda: rewritten(SMALL, widened, STORED), "without values of its own: `a`"),
    "bytes": (
        lambda: rewritten(SMALL, pickled(called("builtins", "bytearray", HUGE)), STORED),
        "is not loaded: `builtins.bytearray`",
    ),
    "a tensor without values": (
        lambda: rewritten(SMALL, pickled(called("torch", "Tensor", HUGE)), STORED),
        "is not loaded: `torch.Tensor`",
    ),
    "a command": (
        lambda: rewritten(SMALL, pickled(called("os", "system", b"X\2\0\0\0ls")), STORED),
        "is not loaded: `os.system`",
    ),
    "an object": (lambda: saved(Trap()), "is not loaded: `posix.mkdir`"),
    "a bare pickle": (lambda: pickle.dumps(SMALL), "is no file of weights"),
    "an object in a bare pickle": (lambda: pickle.dumps(Trap()), "is no file of weights"),
    "before the zip format": (
        lambda: saved(SMALL, _use_new_zipfile_serialization=False),
        "is no file of weights",
    ),
    "repeated": (lambda: saved(repeated()), "has too many entries"),
    "deep": (lambda: saved(deep()), "has too many entries, or too deep"),
    "a large pickle": (
        lambda: rewritten(SMALL, pickled(b"N0" * 2**23 + b"N0."), STORED),
        "is no file of weights",
    ),
    "a pickle without end": (
        lambda: rewritten(SMALL, pickled(b"\x80\x02}"), STORED),
        "is no file of weights",
    ),
    "nothing": (lambda: b"", "is no file of weights"),
    "text": (lambda: b"weights" * 99, "is no file of weights"),
    "an empty zip": (lambda: zipped({}), "is no file of weights"),
    "a zip of something else": (lambda: zipped({"a": b"b"}), "is no file of weights"),
    "a number": (lambda: saved(3), "holds a int, not a state_dict"),
    "sparse": (lambda: saved({"a": torch.ones(2).to_sparse()}), "is not loaded"),
    "quantized": (lambda: saved({"a": torch.device("cpu")}), "holds `a`, not a state_dict alone"),
    "meta": (lambda: saved({"a": torch.ones(2, device="meta")}), "is not loaded"),
}


def saved(contents: object, **named: Any) -> bytes:
    written = io.BytesIO()
    torch.save(contents, written, **named)
    return written.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return found.getvalue()


@pytest.mark.parametrize(("made", "says"), BOMBS.values(), ids=BOMBS)
def test_bombs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[], bytes], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bomb.ckpt"
    path.write_bytes(made())
    tracemalloc.start()
    try:
        with pytest.raises(ReadError) as refused:
            state(path)
        assert tracemalloc.get_traced_memory()[1] < 2**27
    finally:
        tracemalloc.stop()
    assert says in str(refused.value)
    assert not (tmp_path / "sprung").exists()


def test_a_file_larger_than_memory(tmp_path: Path) -> None:
    """It takes no place on the disk: there is a hole in it."""
    path = tmp_path / "hole.ckpt"
    with path.open("wb") as file:
        file.truncate(2**43)
    with pytest.raises(ReadError, match=r"holds 8\.0 TiB, more than half of this machine's memory"):
        state(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ckpt")
    with pytest.raises(ReadError, match="is a pipe, a socket or a device"):
        state(tmp_path / "pipe.ckpt")
    with pytest.raises(ReadError, match="is a pipe, a socket or a device"):
        state(Path("/dev/zero"))
    with pytest.raises(ReadError, match="is a folder"):
        state(tmp_path)
    with pytest.raises(ReadError, match="cannot be read"):
        state(Path("a\0b"))


# -- what other weights do ------------------------------------------------------------------

STARTS: dict[str, tuple[object, str]] = {
    "no names in common": ({"x": torch.ones(2)}, "has no tensor that this network has"),
    "no numbers": ({"linear.bias": torch.full((10,), math.nan)}, "that are no numbers"),
    "whole numbers": ({"linear.bias": torch.ones(10, dtype=torch.int64)}, "has no tensor that"),
    "state is a number": ({"state_dict": 3}, "holds `state_dict`, not a state_dict alone"),
    "state of numbers": ({"state_dict": {"linear.bias": 3}}, "which is no tensor"),
}


@pytest.mark.parametrize(("contents", "says"), STARTS.values(), ids=STARTS)
def test_a_start_that_is_none(
    tmp_path: Path, subject: Subject, contents: object, says: str
) -> None:
    torch.save(contents, tmp_path / "start.pt")
    run = Training(folder=tmp_path / "run", start=tmp_path / "start.pt", device="cpu")
    with pytest.raises(TrainError) as refused:
        train(subject.graph, subject.recipe, run)
    assert says in str(refused.value)


# -- what the digest is ---------------------------------------------------------------------


def test_the_digest_follows_from_what_is_written() -> None:
    """Reckoned here by hand: the number of words, the words and their lengths, the bytes' own."""
    tensor, values = torch.tensor([1.0, 2.0]), numpy.array([1, 2], "<f4").tobytes()
    found = hashlib.sha256()
    words = [["1", "str a", "int", "3"], ["2", "str b", "str c", "tensor", "torch.float32", "2"]]
    for leaf, more in zip(words, (b"", hashlib.sha256(values).digest()), strict=True):
        for word in leaf:
            found.update(struct.pack("<Q", len(word)) + word.encode())
        found.update(more)
    assert digest({"b": {"c": tensor}, "a": 3}) == found.hexdigest()


PAIRS: dict[str, tuple[object, object]] = {
    "number and text": (1, "1"),
    "number and fraction": (1, 1.0),
    "number and truth": (1, True),
    "zeros": (0.0, -0.0),
    "nothing and empty": (None, {}),
    "list and tuple": ([1], (1,)),
    "empty list and tuple": ([], ()),
    "depth": ([[1], 2], [[1, 2]]),
    "keys": ({1: 2}, {"1": 2}),
    "shape": (torch.zeros(2, 3), torch.zeros(3, 2)),
    "type": (torch.zeros(2), torch.zeros(2, dtype=torch.int32)),
    "zeros in tensors": (torch.zeros(1), -torch.zeros(1)),
    "number and tensor": (0, torch.tensor(0)),
}


@pytest.mark.parametrize(("one", "other"), PAIRS.values(), ids=PAIRS)
def test_the_digest_tells_apart(one: object, other: object) -> None:
    assert digest({"a": one}) != digest({"a": other})


def test_the_order_of_names_is_not_in_the_digest() -> None:
    one, two = torch.ones(1), torch.zeros(1)
    assert digest({"a": one, "b": two}) == digest({"b": two, "a": one})
    assert digest({"a": torch.ones(3, 2)[:, 0]}) == digest({"a": torch.ones(3)})


def test_what_cannot_be_sealed_is_a_bug_of_ours() -> None:
    with pytest.raises(ValueError, match="holds a complex"):
        seal({"cnncalc": {}, "a": 1j})


# -- no other way in ------------------------------------------------------------------------

PACKAGE = Path(cnncalc.__file__).parent
UNSAFE = {"pickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}


def test_nothing_in_the_package_unpickles() -> None:
    """Every `torch.load` reads weights only, nothing asks numpy to load, nothing imports pickle."""
    loads = 0
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not UNSAFE & {alias.name.partition(".")[0] for alias in node.names}, path
            elif isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] not in UNSAFE, path
            elif isinstance(node, ast.Call):
                loads += checked(path, node)
    assert loads == 2  # weights; the output of exported source, which verify has just written


def checked(path: Path, call: ast.Call) -> bool:
    """Whether it is a `torch.load`, which must be safe then."""
    name = ast.unparse(call.func)
    assert name not in ("numpy.load", "np.load", "torch.jit.load", "torch.package"), path
    if name != "torch.load":
        return False
    named = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    assert named.get("weights_only") == "True", path
    return True
