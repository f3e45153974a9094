"""`.pt2` files: the network in one, and what no file can have run."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from cnncalc.importing.whole_program import of_program
from cnncalc.runtime.importing.imported_model import of_module
from cnncalc.runtime.importing.pt2 import program_of_file
from cnncalc.runtime.importing.traced import TraceError
from cnncalc.runtime.reading import ReadError


def model() -> nn.Module:
    parts = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    return nn.Sequential(*parts, nn.Linear(4, 2)).eval()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pt2") / "net.pt2"
    torch.export.save(torch.export.export(model(), (torch.randn(2, 3, 8, 8),)), path)
    return path


def test_it_is_the_network_of_the_module(file: Path) -> None:
    found = of_program(program_of_file(str(file)))
    again = of_module(model(), [(3, 8, 8)])
    assert [node.layer for node in found.graph.layers] == [n.layer for n in again.graph.layers]
    assert found.sketch.program.counted == again.sketch.program.counted


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('it ran')",)


def changed(path: Path, folder: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The archive with other contents."""
    target = folder / "changed.pt2"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return target


def in_text(end: str, old: str, new: str) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if not name.endswith(end):
            return content
        assert old.encode() in content
        return content.replace(old.encode(), new.encode())

    return change


def all_pickles(name: str, content: bytes) -> bytes:
    return pickle.dumps(Evil()) if name.endswith("model.pt") else content


HOSTILE = {
    "a pickle as sample": (all_pickles, "is no exported program"),
    "a pickle as weight": (
        in_text("weights_config.json", '"use_pickle": false', '"use_pickle": true'),
        "pickle",
    ),
    "a function of torch": (
        in_text("model.json", "torch.ops.aten.relu.default", "torch.hub.os.system"),
        "no operation of ATen",
    ),
    "an operation that opens files": (
        in_text("model.json", "torch.ops.aten.relu.default", "torch.ops.aten.from_file.default"),
        "opens files",
    ),
    "a formula as size": (
        in_text("model.json", '"as_int": 2}', '"as_expr": {"expr_str": "f()"}}'),
        "evaluated",
    ),
    "no JSON": (in_text("model.json", "{", "["), "no JSON"),
}


@pytest.mark.parametrize(("change", "said"), HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_it_is_run(
    change: Callable[[str, bytes], bytes], said: str, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(ReadError, match=said):
        program_of_file(str(changed(file, tmp_path, change)))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pt2"
    path.write_bytes(content)
    with pytest.raises(ReadError):
        program_of_file(str(path))


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt2", "w") as archive:
        archive.writestr("a/b.json", json.dumps({}))
    with pytest.raises(ReadError, match="no program"):
        program_of_file(str(tmp_path / "a.pt2"))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("cut", [0, 9], ids=["at once", "behind its head"])
def test_a_compressed_part_that_is_not_whole(method: int, cut: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pt2"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a/models/model.json", json.dumps([*range(2000)]))
    content = bytearray(path.read_bytes())
    start = content.index(b"model.json") + len("model.json") + cut
    content[start : start + 200] = b"\xff" * 200
    path.write_bytes(content)
    with pytest.raises(ReadError, match="not whole"):
        program_of_file(str(path))


class Scaled(nn.Module):
    def forward(self, image: Tensor, by: Any) -> Tensor:
        return image if by is None else image * by


ONE = torch.randn(2, 3)
READS: dict[str, tuple[tuple[Any, ...], str]] = {
    "a single number": ((torch.tensor(1.0), torch.tensor(2.0)), "no one batch"),
    "a number beside a batch": ((ONE, torch.tensor(2.0)), "no one batch"),
    "a batch of none": ((torch.ones(0, 3), torch.ones(0, 3)), "no one batch"),
    "none behind the batch": ((torch.ones(2, 0), torch.ones(2, 0)), "no one batch"),
    "two batches": ((ONE, torch.randn(1, 3)), "no one batch"),
    "a whole number": ((ONE, 3), "no tensor"),
    "nothing": ((ONE, None), "no tensor"),
}


@pytest.mark.parametrize(("reads", "said"), READS.values(), ids=READS)
def test_what_it_may_read(reads: tuple[Any, ...], said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pt2"
    torch.export.save(torch.export.export(Scaled(), reads), path)
    with pytest.raises(TraceError, match=said):
        program_of_file(str(path))


class Asking(nn.Module):
    """It makes so many numbers of no input, in parts."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def forward(self, image: Tensor) -> Tensor:
        return image + torch.full((self.rows, 2**20), 1.0).sum()


@pytest.mark.parametrize("said", [2**9, 10**7], ids=["more than all may", "more than there is"])
def test_numbers_of_no_input_are_bounded(said: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pt2"
    torch.export.save(torch.export.export(Asking(said), (torch.randn(2, 3),)), path)
    with pytest.raises(TraceError, match="numbers of no input"):
        program_of_file(str(path))


def test_the_file_does_not_say_how_large_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.pt2"
    torch.export.save(torch.export.export(Asking(77), (torch.randn(2, 3),)), path)
    change = in_text("model.json", '{"as_ints": [77,', '{"as_ints": [7700000,')
    with pytest.raises(ReadError, match="says that `full` is 77x1048576xfloat32, and it is 77"):
        program_of_file(str(changed(path, tmp_path, change)))
