"""Tensors in files of any format: what is read, and what is refused."""

from __future__ import annotations

import json
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from cnncalc.runtime.importing.carried_weights import safetensors
from cnncalc.runtime.reading import ReadError
from cnncalc.runtime.weights.described import described
from cnncalc.runtime.weights.weight_files import tensors_in
from tests.weights.written_files import NAMES, entries, written, written_state

pytestmark = pytest.mark.torch

STATE = {
    "a.weight": torch.arange(-6.0, 6).reshape(2, 2, 3),
    "empty": torch.zeros(0, 4),
    "one": torch.tensor(7),
    "odd": torch.tensor([1, 2, 3], dtype=torch.uint8),  # what follows lies at an odd byte
    **{str(kind): (torch.arange(5) - 2).to(kind) for kind in NAMES},
}


def same(found: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> bool:
    alike = (found[n].dtype == t.dtype and torch.equal(found[n], t) for n, t in wanted.items())
    return list(found) == list(wanted) and all(alike)


def test_three_formats_hold_the_same(tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "a.safetensors")  # the bytes say what it is, not the name
    torch.save({"state_dict": STATE}, tmp_path / "b")
    written_state(tmp_path / "c.pt", STATE)
    (tmp_path / "d").write_bytes(safetensors(STATE))
    for name in ("a.safetensors", "b", "c.pt", "d"):
        assert same(tensors_in(tmp_path / name), STATE), name


def test_norms_are_those_of_torch(tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "a.pt")
    written_state(tmp_path / "b.safetensors", STATE)
    for name in ("a.pt", "b.safetensors"):
        for tensor in described(tmp_path / name).tensors:
            wanted = torch.linalg.vector_norm(STATE[tensor.name].double()).item()
            assert tensor.norm == pytest.approx(wanted), tensor
            assert tensor.shape == STATE[tensor.name].shape
            assert tensor.dtype == str(STATE[tensor.name].dtype).removeprefix("torch.")


def test_what_is_no_number_has_no_norm(tmp_path: Path) -> None:
    path = written_state(tmp_path / "x", {"a": torch.tensor([1, float("nan")])})
    assert [tensor.norm for tensor in described(path).tensors] == [None]


def test_safetensors_are_described_without_torch(tmp_path: Path) -> None:
    written_state(tmp_path / "x.safetensors", STATE)
    code = (
        "import sys\n"
        "from cnncalc.commands.weights_show import weights_show\n"
        f"weights_show({str(tmp_path / 'x.safetensors')!r}, 'json')\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [each["name"] for each in json.loads(done.stdout)["tensors"]] == [*STATE]


# -- hostile --------------------------------------------------------------------------------


def changed(**fields: Any) -> Callable[[Path], object]:
    """The first tensor says something else."""

    def write(path: Path) -> None:
        header, held = entries({"a": torch.ones(2, 3), "b": torch.ones(4)})
        header["a"].update(fields)
        written(path, header, held)

    return write


def of_header(header: object, held: bytes = b"") -> Callable[[Path], object]:
    return lambda path: written(path, header, held)


class Command:
    def __reduce__(self) -> tuple[object, ...]:
        return exec, ("open('ran', 'w').close()",)


A = b'{"dtype":"U8","shape":[1],"data_offsets":[0,1]}'
LYING: dict[str, tuple[Callable[[Path], object], str]] = {
    "a longer header": (
        lambda path: path.write_bytes(struct.pack("<Q", 10**6) + b"{}"),
        "a header of 1,000,000 bytes, it says, and 10 in all",
    ),
    "an endless header": (
        lambda path: path.write_bytes(b"\xff" * 8 + b"{}"),
        "a header of 18,446,744,073,709,551,615 bytes",
    ),
    "no JSON": (of_header(b"{nothing"), "header that is no JSON"),
    "deep": (of_header(b'{"a":' * 50_000), "header that is no JSON"),
    "not UTF-8": (of_header(b'{"\xff\xfe": 1}'), "header that is no JSON"),
    "a long number": (of_header(b'{"a":' + b"9" * 5000 + b"}"), "header that is no JSON"),
    "twice": (of_header(b'{"a":%b,"a":%b}' % (A, A), b"x"), "names `a` twice"),
    "texts that are none": (of_header({"__metadata__": {"a": 1}}), "not texts by name"),
    "no entry": (of_header({"a": 7}), "numbers of type `None` in `a`"),
    "a type": (changed(dtype="F31"), "numbers of type `F31` in `a`"),
    "a type that is a list": (changed(dtype=["F32"]), "in `a`"),
    "a larger shape": (changed(shape=[2, 3, 10**9]), "24 bytes for `a`, its shape and type take"),
    "a shape below none": (changed(shape=[-2, -3]), "a shape of `a` that is none"),
    "a truth for a size": (changed(shape=[True, 6]), "a shape of `a` that is none"),
    "a shape of many": (changed(shape=[1] * 65), "a shape of `a` that is none"),
    "no place": (changed(data_offsets=[0]), "does not say where the numbers of `a` lie"),
    "a place backwards": (changed(data_offsets=[24, 0]), "-24 bytes for `a`"),
    "a place of another": (changed(data_offsets=[8, 32]), "has `a` behind bytes of no tensor"),
    "a place outside": (changed(data_offsets=[2**40, 2**40 + 24]), "has `b` behind bytes of no"),
    "over another": (
        of_header({n: {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]} for n in "ab"}, b"xx"),
        "has `b` over another tensor",
    ),
    "cut": (of_header(*(lambda h, held: (h, held[:-1]))(*entries(STATE))), "it is not whole"),
    "more behind": (of_header(*(lambda h, held: (h, held + b"x"))(*entries(STATE))), "not whole"),
    "a long name": (of_header({"n" * 10**6: 7}), "nnn..."),
    "a pickle": (
        lambda path: path.write_bytes(pickle.dumps(Command())),
        "is a pickle, which could",
    ),
    "a pickle in a zip file": (lambda path: torch.save({"a": Command()}, path), ".exec`"),
    "an old file of torch": (
        lambda path: torch.save({"a": torch.ones(1)}, path, _use_new_zipfile_serialization=False),
        "is a pickle, which could",
    ),
    "nothing": (lambda path: path.write_bytes(b""), "no file of weights"),
    "a text": (lambda path: path.write_text("name: LeNet-5\n"), "no file of weights"),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
    "none": (lambda path: None, "no such file"),
}


@pytest.mark.parametrize(("write", "said"), LYING.values(), ids=LYING.keys())
def test_a_file_that_lies_is_refused(
    write: Callable[[Path], object],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "x")
    for read in (tensors_in, described):
        with pytest.raises(ReadError) as refused:
            read(tmp_path / "x")
        assert said in str(refused.value)
        assert len(str(refused.value)) < 500
    assert not (tmp_path / "ran").exists()


def test_changed_bytes_are_read_or_refused(tmp_path: Path) -> None:
    """A header of which some bytes are others, ever again: a message, or tensors that are there."""
    path = written_state(tmp_path / "x", {"a": torch.ones(2, 3), "b": torch.ones(4)})
    whole = path.read_bytes()
    drawn = torch.Generator().manual_seed(0)
    refused = 0
    for _ in range(400):
        bent = bytearray(whole)
        for place in torch.randint(130, (2,), generator=drawn).tolist():
            bent[place] = int(torch.randint(32, 127, (1,), generator=drawn))
        path.write_bytes(bent)
        try:
            found = tensors_in(path)
            assert sum(tensor.nbytes for tensor in found.values()) == 4 * (2 * 3 + 4)
        except ReadError:
            refused += 1
    assert refused > 200
