"""Data that is damaged, or lies: each is a message that names the file; nothing hangs or runs."""

from __future__ import annotations

import csv
import gzip
import io
import os
import socket
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy
import pytest
import torch
from PIL import Image

from cnncalc.language.load import load as load_spec
from cnncalc.runtime.train.data import open_data
from cnncalc.runtime.train.data.images import Data
from cnncalc.runtime.train.engine import Training, train
from cnncalc.runtime.train.errors import TrainError
from tests.train.small import spec

pytestmark = pytest.mark.torch

PIXELS = numpy.arange(6 * 4 * 5, dtype=numpy.uint8).reshape(6, 4, 5)
LABELS = numpy.array([0, 1, 2, 0, 1, 2])


def opened(path: Path) -> Data:
    return open_data(str(path), (1, 4, 5), 10, False)


@pytest.fixture
def little() -> Iterator[None]:
    """What Python and numpy allocate meanwhile is little."""
    tracemalloc.start()
    yield
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2**26


# -- npz ------------------------------------------------------------------------------------


def header(shape: str, descr: str = "'|u1'", fortran: str = "False") -> bytes:
    """numpy.lib.format: a magic number, the version, a length, a dictionary in Python's words."""
    text = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n"


def array(values: object, **named: bool) -> bytes:
    written = io.BytesIO()
    numpy.save(written, values, **named)  # type: ignore[arg-type]
    return written.getvalue()


def zipped(kind: int = zipfile.ZIP_STORED, **entries: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", kind) as archive:
        for name, text in entries.items():
            archive.writestr(f"{name}.npy", text)
    return written.getvalue()


def pair(x: bytes | None = None, y: bytes | None = None) -> bytes:
    return zipped(x=array(PIXELS) if x is None else x, y=array(LABELS) if y is None else y)


def labelled(labels: object) -> Callable[[], bytes]:
    return lambda: pair(y=array(numpy.array(labels)))


def claims(shape: str, descr: str = "'|u1'") -> Callable[[], bytes]:
    return lambda: pair(x=header(shape, descr) + bytes(120))


def bomb() -> bytes:
    """64 MiB of zeros in 64 kB, for arrays that nothing asks for."""
    return zipped(
        zipfile.ZIP_DEFLATED, x=array(PIXELS), y=array(LABELS), z=header("(1,)") + bytes(2**26)
    )


def understated() -> bytes:
    """A deflated entry which the directory says is larger than anything can become."""
    found = bytearray(zipped(zipfile.ZIP_DEFLATED, x=array(PIXELS), y=array(LABELS)))
    place = found.index(b"PK\1\2")
    found[place + 24 : place + 28] = struct.pack("<I", 2**32 - 2)
    return bytes(found)


def encrypted() -> bytes:
    found = bytearray(pair())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        found[found.index(mark) + offset] |= 1
    return bytes(found)


def harmed() -> bytes:
    found = bytearray(pair())
    found[found.index(PIXELS.tobytes()) + 7] ^= 1
    return bytes(found)


OBJECTS = numpy.array([None] * 6)
RECORDS = numpy.zeros(6, [("a", "i4"), ("b", "f4")])

NPZ: dict[str, tuple[Callable[[], bytes], str]] = {
    "label of 2**62": (labelled([0, 1, 2, 0, 1, 2**62]), f"has the label {2**62}; whole numbers"),
    "label of 2**63": (
        lambda: pair(y=array(numpy.array([0, 1, 2, 0, 1, 2**63], "u8"))),
        f"has the label {2**63}",
    ),
    "label of a million": (labelled([0, 1, 2, 0, 1, 10**6]), "from 0 to 999,999 are wanted"),
    "label below 0": (labelled([0, 1, 2, 0, 1, -1]), "has the label -1"),
    "labels are no numbers": (labelled([numpy.nan] * 6), "`y` has values that are no numbers"),
    "labels are too large": (labelled([1e300] * 6), "`y` has values that are no numbers, or too"),
    "labels are complex": (labelled([1j] * 6), "is complex128 (6,); a whole number"),
    "labels are words": (labelled(["cat"] * 6), "is <U3 (6,); a whole number"),
    "a scalar label": (labelled(3), "is int64 (); a whole number"),
    "no labels": (labelled([]), "is float64 (0,); a whole number"),
    "fewer labels": (labelled([0, 1]), "for each of 6 images"),
    "a scalar image": (lambda: pair(x=array(numpy.array(7))), "is int64 (), no images"),
    "a list of numbers": (lambda: pair(x=array(LABELS)), "is int64 (6,), no images"),
    "no images": (lambda: pair(x=array(PIXELS[:0]), y=array(LABELS[:0])), "(0, 4, 5), no images"),
    "images of no size": (lambda: pair(x=array(PIXELS[:, :0])), "(6, 0, 5), no images"),
    "complex": (lambda: pair(x=array(PIXELS * 1j)), "is complex128 (6, 4, 5), no images"),
    "infinite": (lambda: pair(x=array(numpy.full((6, 4, 5), numpy.inf))), "that are no numbers"),
    "too large": (lambda: pair(x=array(PIXELS * 1e300)), "that are no numbers, or too large"),
    "objects": (lambda: pair(x=array(OBJECTS, allow_pickle=True)), "has Python objects, which are"),
    "labels are objects": (
        lambda: pair(y=array(OBJECTS, allow_pickle=True)),
        "has Python objects, which are never loaded in `y`",
    ),
    "records": (lambda: pair(x=array(RECORDS)), "has records in `x`"),
    "dates": (lambda: pair(x=array(PIXELS.astype("M8[s]"))), "no images"),
    "claims 100 GB": (claims("(25000000, 4000)", "'|u1'"), "(25000000, 4000), 93.1 GiB, and has"),
    "claims 2**80": (claims("(1208925819614629174706176,)"), "is not whole: `x` says"),
    "claims less": (claims("(6, 4)"), "(6, 4), 24 bytes, and has 120 bytes"),
    "below 0": (claims("(-6, -20)"), "is not whole: `x` says that it is uint8 (-6, -20)"),
    "many axes": (claims("(" + "1, " * 99 + "120)"), "is no whole `.npz` file"),
    "shape of words": (claims("('a',)"), "has `x`, which is no array"),
    "a call as shape": (claims("__import__('os').mkdir('sprung')"), "has `x`, which is no array"),
    "long header": (claims("(" + "1, " * 20_000 + "120)"), "has `x`, which is no array"),
    "deep header": (claims("(" * 900 + ")" * 900), "has `x`, which is no array"),
    "no type": (claims("(6, 20)", "'|V0'"), "is not whole"),
    "an unknown type": (claims("(6, 20)", "'<z9'"), "has `x`, which is no array"),
    "no array": (lambda: pair(x=b"pixels"), "has `x`, which is no array"),
    "an empty array": (lambda: pair(x=b""), "has `x`, which is no array"),
    "version 9": (lambda: pair(x=b"\x93NUMPY\x09\x00" + bytes(99)), "has `x`, which is no array"),
    "understated": (understated, "holds 4.0 GiB, which"),
    "lzma": (
        lambda: zipped(zipfile.ZIP_LZMA, x=array(PIXELS), y=array(LABELS)),
        "says that `x` holds",
    ),
    "encrypted": (encrypted, "is no whole `.npz` file"),
    "a flipped bit": (harmed, "is no whole `.npz` file"),
    "cut": (lambda: pair()[:-40], "is no whole `.npz` file"),
    "text": (lambda: b"pixels" * 99, "is no whole `.npz` file"),
    "nothing": (lambda: b"", "is no whole `.npz` file"),
    "a pickle": (lambda: array(OBJECTS, allow_pickle=True), "is no whole `.npz` file"),
    "no arrays": (lambda: zipped(), "has no arrays; wanted: `x_train`"),
    "images alone": (lambda: zipped(x=array(PIXELS)), "has `x` without `y`"),
    "validation without labels": (
        lambda: zipped(x_train=array(PIXELS), y_train=array(LABELS), x_val=array(PIXELS)),
        "has `x_val` without `y_val`",
    ),
    "two to validate on": (
        lambda: zipped(x_val=array(PIXELS), x_valid=array(PIXELS)),
        "has `val` and `valid`: which one is meant?",
    ),
}


@pytest.mark.parametrize(("made", "says"), NPZ.values(), ids=NPZ)
def test_npz(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    little: None,
    made: Callable[[], bytes],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data.npz"
    path.write_bytes(made())
    tracemalloc.reset_peak()
    with pytest.raises(TrainError) as refused:
        opened(path)
    assert says in str(refused.value)
    assert str(path) in str(refused.value)
    assert "allow_pickle" not in str(refused.value)
    assert not (tmp_path / "sprung").exists()


LEGAL: dict[str, Callable[[], bytes]] = {
    "stored": pair,
    "deflated": lambda: zipped(zipfile.ZIP_DEFLATED, x=array(PIXELS), y=array(LABELS)),
    "by column": lambda: pair(x=array(numpy.asfortranarray(PIXELS))),
    "the high byte first": lambda: pair(
        x=array(PIXELS.astype(">u2")), y=array(LABELS.astype(">i8"))
    ),
    "doubles": lambda: pair(x=array(PIXELS.astype(">f8"))),
    "halves": lambda: pair(x=array(PIXELS.astype("f2"))),
    "labels of one column": lambda: pair(y=array(LABELS[:, None])),
    "a bomb that is not asked for": bomb,
}


@pytest.mark.parametrize("made", LEGAL.values(), ids=LEGAL)
def test_legal_npz(tmp_path: Path, made: Callable[[], bytes]) -> None:
    (tmp_path / "data.npz").write_bytes(made())
    data = opened(tmp_path / "data.npz")
    assert data.train.labels.tolist() == LABELS.tolist()
    scale = 255 if data.train.fetch(torch.tensor([0])).max() < 1 else 1
    found = data.train.fetch(torch.arange(6)) * scale
    torch.testing.assert_close(found, torch.from_numpy(PIXELS[:, None]).float())


# -- idx ------------------------------------------------------------------------------------


def idx(shape: tuple[int, ...], body: bytes, kind: int = 8) -> bytes:
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape) + body


IDX: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "claims more": ("", lambda: idx((7, 4, 5), bytes(120)), "no whole idx file"),
    "claims less": ("", lambda: idx((5, 4, 5), bytes(120)), "no whole idx file"),
    "claims 64 GiB": ("", lambda: idx((2**32 - 1, 4, 4), bytes(99)), "no whole idx file"),
    "claims 2**96": ("", lambda: idx((2**32 - 1,) * 3, bytes(99)), "no whole idx file"),
    "no images": ("", lambda: idx((0, 4, 5), b""), "no whole idx file"),
    "255 axes": ("", lambda: b"\0\0\x08\xff" + bytes(2000), "no whole idx file"),
    "floats": ("", lambda: idx((6, 4, 5), bytes(480), 13), "no whole idx file"),
    "text": ("", lambda: b"pixels" * 99, "no whole idx file"),
    "labels as images": ("", lambda: idx((6,), bytes(6)), "N x height x width images"),
    "fewer images": ("", lambda: idx((5, 4, 5), bytes(100)), "N x height x width images"),
    "a bomb": (
        ".gz",
        lambda: gzip.compress(idx((6, 4, 5), bytes(2**26))),
        "no whole idx file",
    ),
    "claims 64 GiB, compressed": (
        ".gz",
        lambda: gzip.compress(idx((2**32 - 1, 4, 4), bytes(99))),
        "no whole idx file",
    ),
    "cut": (".gz", lambda: gzip.compress(idx((6, 4, 5), bytes(120)))[:-9], "no whole idx file"),
    "not compressed": (".gz", lambda: idx((6, 4, 5), bytes(120)), "not a gzipped file"),
}


@pytest.mark.parametrize(("suffix", "made", "says"), IDX.values(), ids=IDX)
def test_idx(
    tmp_path: Path, little: None, suffix: str, made: Callable[[], bytes], says: str
) -> None:
    path = tmp_path / f"train-images-idx3-ubyte{suffix}"
    path.write_bytes(made())
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx((6,), bytes(LABELS.tolist())))
    tracemalloc.reset_peak()
    with pytest.raises(TrainError) as refused:
        opened(tmp_path)
    assert says in str(refused.value)
    assert str(path) in str(refused.value)


# -- what is no file ------------------------------------------------------------------------

PLACES = {
    "idx images": "train-images-idx3-ubyte",
    "idx labels": "train-labels-idx1-ubyte",
    "CIFAR-10": "data_batch_1.bin",
    "CIFAR-10 to test on": "test_batch.bin",
    "CIFAR-100": "train.bin",
}


def written_sets(folder: Path) -> None:
    (folder / "train-images-idx3-ubyte").write_bytes(idx((6, 4, 5), bytes(120)))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx((6,), bytes(6)))


@pytest.mark.parametrize("what", ["folder", "pipe", "device", "socket", "link"])
@pytest.mark.parametrize("name", PLACES.values(), ids=PLACES)
def test_what_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if name.endswith("ubyte"):
        written_sets(tmp_path)
        (tmp_path / name).unlink()
    elif name == "test_batch.bin":
        (tmp_path / "data_batch_1.bin").write_bytes(bytes(3073))
    made(Path(name), what)
    with pytest.raises(
        TrainError, match="no data set" if (name, what) == ("train.bin", "link") else name
    ):
        opened(tmp_path)


def made(path: Path, what: str) -> None:
    """Something else than a file. A socket's name is to be short."""
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    else:
        path.symlink_to("nowhere")


@pytest.mark.parametrize("what", ["pipe", "device", "socket"])
@pytest.mark.parametrize("name", ["data.npz", "data"])
def test_the_data_itself_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    made(Path(name), what)
    with pytest.raises(TrainError, match=f"`{name}` holds no data set"):
        open_data(name, (1, 4, 5), 10, False)


def test_cifar_larger_than_memory(tmp_path: Path) -> None:
    with (tmp_path / "data_batch_1.bin").open("wb") as file:
        file.truncate(3073 * 2**32)
    with pytest.raises(TrainError, match=r"data_batch_1\.bin` holds .* TiB, more than half"):
        opened(tmp_path)


def test_cifar_labels_beyond_its_classes(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(b"\xff" + bytes(3072))
    with pytest.raises(TrainError, match="has labels beyond the classes of CIFAR-10"):
        opened(tmp_path)


# -- folders of images ----------------------------------------------------------------------


def images(folder: Path, *names: str, count: int = 3) -> Path:
    """Folders of classes."""
    for name in names:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            Image.new("L", (5, 4), 10 * number).save(folder / name / f"{number}.png")
    return folder


@pytest.mark.parametrize("what", ["pipe", "device", "socket", "link"])
def test_what_is_no_image_file_is_passed_over_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.chdir(images(tmp_path, "cats", "dogs") / "dogs")
    made(Path("3.png"), what)
    data = opened(tmp_path)
    assert len(data.train.labels) == 6
    (note,) = data.notes
    assert note.endswith("not used: 1 pipes, devices or broken links")


def test_links_to_folders_are_not_entered(tmp_path: Path) -> None:
    images(tmp_path / "data", "cats", "dogs")
    images(tmp_path / "other", "birds")
    (tmp_path / "data" / "cats" / "loop").symlink_to(tmp_path / "data")
    (tmp_path / "data" / "birds").symlink_to(tmp_path / "other" / "birds")
    (tmp_path / "data" / "dogs" / "3.png").symlink_to(tmp_path / "other" / "birds" / "1.png")
    data = opened(tmp_path / "data")
    assert data.classes == ("cats", "dogs")
    assert len(data.train.labels) == 3 + 4
    assert data.notes == ("in `data` not used: 2 links to folders",)
    assert data.train.fetch(torch.arange(7)).shape == (7, 1, 4, 5)


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    images(tmp_path, "cats", "dogs")
    (tmp_path / "empty").mkdir()
    (tmp_path / "cats" / "notes.txt").write_text("cats")
    (tmp_path / "cats" / "more" / "inner").mkdir(parents=True)
    Image.new("L", (5, 4)).save(tmp_path / "cats" / "more" / "inner" / "9.PNG")
    Image.new("L", (5, 4)).save(tmp_path / "loose.png")
    data = opened(tmp_path)
    assert data.train.labels.tolist() == [0] * 4 + [1] * 3
    assert data.notes == (
        f"`{tmp_path.name}` has no images of `empty`",
        f"in `{tmp_path.name}` not used: 1 files that are no images by their names, 1 images in no"
        " folder of a class",
    )


def test_two_thousand_classes(tmp_path: Path) -> None:
    for number in range(2000):
        folder = tmp_path / f"{number:04}"
        folder.mkdir()
        (folder / "a.png").touch()
    Image.new("L", (5, 4)).save(tmp_path / "0000" / "a.png")
    assert len(opened(tmp_path).classes) == 2000


def png(width: int, height: int) -> bytes:
    """The header says more than there is."""
    import zlib

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 9) + b"IDAT" + bytes(9) + bytes(4)
    )  # fmt: skip


def encoded(form: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (50, 40), (1, 2, 3)).save(written, form)
    return written.getvalue()


IMAGES: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"a cat", "it is none of PNG, JPEG"),
    "nothing": (lambda: b"", "it is none of PNG"),
    "a bomb": (lambda: png(10_000, 10_000), "it has more than 89,478,485 pixels"),
    "a larger bomb": (lambda: png(2**31 - 1, 2**31 - 1), "it has more than 89,478,485 pixels"),
    "no pixels": (lambda: png(100, 100), "cannot be read as an image"),
    "cut PNG": (lambda: encoded("PNG")[:-30], "cannot be read as an image"),
    "cut JPEG": (lambda: encoded("JPEG")[:-300], "cannot be read as an image"),
    "PostScript": (lambda: encoded("EPS"), "it is none of PNG"),
    "PDF": (lambda: encoded("PDF"), "it is none of PNG"),
}


@pytest.mark.parametrize(("made", "says"), IMAGES.values(), ids=IMAGES)
def test_images(tmp_path: Path, made: Callable[[], bytes], says: str) -> None:
    path = images(tmp_path, "cats", "dogs") / "cats" / "9.png"
    path.write_bytes(made())
    with pytest.raises(TrainError) as refused:
        opened(tmp_path).train.fetch(torch.arange(7))
    assert says in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_flipped_bit_in_an_image(tmp_path: Path) -> None:
    """Any decoder fails in its own way: each is a message."""
    path = images(tmp_path, "cats", "dogs") / "cats" / "9.png"
    for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"):
        whole = encoded(form)
        for offset in range(0, min(len(whole), 200), 3):
            path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x55]) + whole[offset + 1 :])
            outcome(path)


def outcome(path: Path) -> None:
    from cnncalc.runtime.train.data.images import opened as image

    try:
        image(path, "RGB")
    except TrainError as error:
        assert f"`{path}`" in str(error)  # noqa: PT017


# -- parts ----------------------------------------------------------------------------------


def numbers(data: Data) -> tuple[int, int, int]:
    """Images to train, to validate and to test on."""
    parts = (data.train, data.validation, data.test)
    return tuple(len(p.labels) if p else 0 for p in parts)  # type: ignore[return-value]


SPLITS: dict[str, tuple[dict[str, int], tuple[int, int, int], dict[str, str]]] = {
    "train alone": ({"train": 3}, (6, 0, 0), {}),
    "val": ({"train": 3, "val": 2}, (6, 4, 0), {"validation": "val"}),
    "validation": ({"train": 3, "validation": 2}, (6, 4, 0), {"validation": "validation"}),
    "valid": ({"train": 3, "valid": 1}, (6, 2, 0), {"validation": "valid"}),
    "test": ({"train": 3, "test": 1}, (6, 0, 2), {"test": "test"}),
    "all": (
        {"train": 3, "val": 2, "test": 1},
        (6, 4, 2),
        {"validation": "val", "test": "test"},
    ),
    "capitals": ({"Train": 3, "VAL": 2}, (6, 4, 0), {"validation": "VAL"}),
}


@pytest.mark.parametrize(("folders", "counts", "named"), SPLITS.values(), ids=SPLITS)
def test_folders_of_parts(
    tmp_path: Path, folders: dict[str, int], counts: tuple[int, int, int], named: dict[str, str]
) -> None:
    for name, count in folders.items():
        images(tmp_path / name, "cats", "dogs", count=count)
    data = opened(tmp_path)
    assert data.classes == ("cats", "dogs")
    assert numbers(data) == counts
    assert data.named == named


def test_arrays_of_parts(tmp_path: Path) -> None:
    sizes = {"train": 6, "val": 4, "test": 2}
    for images_, labels in (
        ("x_{}", "y_{}"),
        ("{}_images", "{}_labels"),
        ("images_{}", "labels_{}"),
    ):
        arrays = {images_.format(part): PIXELS[:size] for part, size in sizes.items()}
        arrays |= {labels.format(part): LABELS[:size] for part, size in sizes.items()}
        numpy.savez(tmp_path / "data.npz", **arrays, mean=PIXELS)  # type: ignore[arg-type]
        data = opened(tmp_path / "data.npz")
        assert numbers(data) == (6, 4, 2)
        assert data.named["validation"] == images_.format("val")
        assert data.notes == ("arrays that are not used: `mean`",)


def test_idx_files_of_parts(tmp_path: Path) -> None:
    for part, size in (("train", 6), ("val", 4), ("t10k", 2)):
        body = PIXELS[:size].tobytes()
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx((size, 4, 5), body))
        labels = idx((size,), bytes(LABELS[:size].tolist()))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(labels)
    data = opened(tmp_path)
    assert numbers(data) == (6, 4, 2)
    assert data.named == {"validation": "val", "test": "t10k"}


WRONG: dict[str, tuple[dict[str, tuple[str, ...]], str]] = {
    "no train": ({"test": ("a", "b"), "val": ("a", "b")}, "and no folder `train` beside it"),
    "two to validate on": (
        {"train": ("a", "b"), "val": ("a",), "validation": ("a",)},
        "has `val` and `validation`: which one is meant?",
    ),
    "another class": (
        {"train": ("a", "b"), "val": ("a", "c")},
        "has images of `c`, those to train",
    ),
    "one class": ({"train": ("a",), "test": ("a",)}, "has images of one class only, `a`"),
    "an empty val": ({"train": ("a", "b"), "val": ()}, "val` has no images in folders of classes"),
    "an empty train": ({"train": (), "val": ("a",)}, "train` has no images in folders"),
}


@pytest.mark.parametrize(("folders", "says"), WRONG.values(), ids=WRONG)
def test_wrong_parts(tmp_path: Path, folders: dict[str, tuple[str, ...]], says: str) -> None:
    for name, classes in folders.items():
        images(tmp_path / name, *classes).mkdir(exist_ok=True)
    with pytest.raises(TrainError) as refused:
        opened(tmp_path)
    assert says in str(refused.value)


def blocks(count: int, bright: int, size: int = 8) -> numpy.ndarray:
    return numpy.full((count, size, size), bright, numpy.uint8)


UNLIKE: dict[str, tuple[dict[str, object], str]] = {
    "to test on, of another size": (
        {"x_test": blocks(2, 0, 9), "y_test": [0, 1]},
        "those of `x_test` 1x9x9",
    ),
    "to validate on, of another size": (
        {"x_val": blocks(2, 0, 9), "y_val": [0, 1]},
        "those of `x_val` 1x9x9",
    ),
    "to test on, of another class": (
        {"x_test": blocks(2, 0), "y_test": [0, 5]},
        "`x_test` has the label 5, those to train on end at 1",
    ),
}


@pytest.mark.parametrize(("more", "says"), UNLIKE.values(), ids=UNLIKE)
def test_parts_that_are_unlike_are_said_before_training(
    tmp_path: Path, more: dict[str, object], says: str
) -> None:
    numpy.savez(tmp_path / "d.npz", x=blocks(40, 7), y=[0, 1] * 20, **more)  # type: ignore[arg-type]
    with pytest.raises(TrainError) as refused:
        trained(tmp_path)
    assert says in str(refused.value)
    assert not (tmp_path / "run").exists()


def trained(folder: Path) -> None:
    graph = load_spec(spec(folder), args={"classes": 2})
    assert graph.recipe
    run = Training(data=str(folder / "d.npz"), folder=folder / "run", device="cpu")
    train(graph, graph.recipe._replace(epochs=4), run)


def test_val_chooses_the_checkpoint_and_test_is_for_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The labels to validate with are those to train with turned round: what learns gets worse, so
    the first epoch is the best, and the test agrees with the training."""
    x, y = numpy.concatenate([blocks(60, 0), blocks(60, 255)]), numpy.repeat([0, 1], 60)
    numpy.savez(
        tmp_path / "d.npz", x_train=x, y_train=y, x_val=x[50:], y_val=1 - y[50:], x_test=x[::3],
        y_test=y[::3],
    )  # fmt: skip
    trained(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == (
        "images: 120 to train on, 70 of `x_val` to validate on, 40 of `x_test` to test on"
    )
    found = torch.load(tmp_path / "run/last.ckpt", weights_only=True)["cnncalc"]
    assert found["images"] == {
        "training": 120,
        "validation": 70,
        "test": 40,
        "from": {"validation": "x_val", "test": "x_test"},
    }
    with (tmp_path / "run/metrics.csv").open(newline="") as file:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    assert (rows[-1]["error"], rows[-1]["validation_error"]) == (0, 1)
    assert found["watch"]["epoch"] == 1
    assert lines[-1] == "test: accuracy 100.00 % of 40 images"
