"""The data sets that are read, each written here byte by byte; and what is refused."""

from __future__ import annotations

import gzip
import pickle
import struct
from pathlib import Path

import numpy
import pytest
import torch

from cnncalc.runtime.train.data import open_data
from cnncalc.runtime.train.data.images import Data
from cnncalc.runtime.train.errors import TrainError

pytestmark = pytest.mark.torch

PIXELS = numpy.arange(6 * 4 * 5, dtype=numpy.uint8).reshape(6, 4, 5)
LABELS = [0, 1, 2, 0, 1, 2]


def opened(path: Path, resize: bool = False) -> Data:
    return open_data(str(path), (1, 4, 5), 10, resize)


def idx(values: numpy.ndarray) -> bytes:
    """yann.lecun.com/exdb/mnist: 0, 0, 8 for bytes, the rank, sizes with the high byte first."""
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + bytes(
        values.astype(numpy.uint8).tobytes()
    )


def write_idx(folder: Path, part: str, suffix: str = "") -> None:
    for what, values in (("images-idx3", PIXELS), ("labels-idx1", numpy.array(LABELS))):
        data = idx(values)
        path = folder / f"{part}-{what}-ubyte{suffix}"
        path.write_bytes(gzip.compress(data) if suffix else data)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx(tmp_path: Path, suffix: str) -> None:
    write_idx(tmp_path, "train", suffix)
    write_idx(tmp_path, "t10k", suffix)
    data = opened(tmp_path)
    assert data.kind.startswith("idx files")
    assert data.train.shape == (1, 4, 5)
    assert data.train.labels.tolist() == LABELS
    assert data.test is not None
    found = data.train.fetch(torch.tensor([2]))
    torch.testing.assert_close(found, torch.from_numpy(PIXELS[2:3, None] / 255).float())


@pytest.mark.parametrize(
    "harm", [lambda d: d[:-1], lambda d: d[:3], lambda d: b"\1" + d[1:], lambda d: b""]
)
def test_idx_files_that_are_not_whole(tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    write_idx(tmp_path, "train")
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(TrainError, match="is no whole idx file"):
        opened(tmp_path)


def test_idx_labels_are_missing(tmp_path: Path) -> None:
    write_idx(tmp_path, "train")
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(TrainError, match="labels-idx1-ubyte"):
        opened(tmp_path)


def cifar_records(labels: int) -> bytes:
    """cs.toronto.edu/~kriz/cifar.html: labels, then 1024 red, green and blue bytes each."""
    record = bytes([7] * (labels - 1) + [3]) + bytes([1] * 1024 + [2] * 1024 + [3] * 1024)
    return record * 4


@pytest.mark.parametrize(
    ("name", "train", "test", "labels", "classes"),
    [
        ("CIFAR-10", "data_batch_1.bin", "test_batch.bin", 1, 10),
        ("CIFAR-100", "train.bin", "test.bin", 2, 100),
    ],
)
def test_cifar(tmp_path: Path, name: str, train: str, test: str, labels: int, classes: int) -> None:
    for file in (train, test):
        (tmp_path / file).write_bytes(cifar_records(labels))
    data = opened(tmp_path)
    assert data.kind.startswith(name)
    assert len(data.classes) == classes
    assert data.train.labels.tolist() == [3] * 4
    assert data.test is not None
    (image,) = data.train.fetch(torch.tensor([0])) * 255
    assert [float(channel.unique()) for channel in image.round()] == [1, 2, 3]


def test_cifar_that_is_cut(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1.bin").write_bytes(cifar_records(1)[:-1])
    with pytest.raises(TrainError, match="no multiple of 3,073"):
        opened(tmp_path)


def test_cifar_in_pickles_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({}))
    with pytest.raises(TrainError, match="download the binary version"):
        opened(tmp_path)


def write_images(folder: Path, size: tuple[int, int] = (5, 4)) -> None:
    from PIL import Image

    for name in ("cats", "dogs"):
        (folder / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", size, (10 * number, 0, 255)).save(folder / name / f"{number}.png")


def test_folder_of_images(tmp_path: Path) -> None:
    write_images(tmp_path / "train")
    write_images(tmp_path / "test")
    data = open_data(str(tmp_path), (3, 4, 5), 2, False)
    assert data.classes == ("cats", "dogs")
    assert data.train.shape == (3, 4, 5)
    assert data.train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    (image,) = data.train.fetch(torch.tensor([1])) * 255
    assert [float(channel.unique()) for channel in image.round()] == [10, 0, 255]
    assert data.test is not None


def test_folder_is_decoded_as_the_network_reads(tmp_path: Path) -> None:
    write_images(tmp_path, (50, 40))
    assert opened(tmp_path, resize=True).train.shape == (1, 4, 5)


def test_images_of_several_sizes(tmp_path: Path) -> None:
    write_images(tmp_path)
    from PIL import Image

    Image.new("L", (9, 9)).save(tmp_path / "dogs" / "9.png")
    data = opened(tmp_path)
    with pytest.raises(TrainError, match="--recipe resize=true"):
        data.train.fetch(torch.arange(7))


def test_an_image_that_is_none(tmp_path: Path) -> None:
    write_images(tmp_path)
    (tmp_path / "cats" / "3.png").write_bytes(b"no image")
    with pytest.raises(TrainError, match=r"3\.png` cannot be read as an image"):
        opened(tmp_path).train.fetch(torch.arange(7))


CHANNELS_LAST = PIXELS[..., None].repeat(3, axis=3)

ARRAYS: dict[str, tuple[dict[str, object], tuple[int, ...]]] = {
    "grey": ({"x": PIXELS, "y": LABELS}, (1, 4, 5)),
    "channels last": ({"images": CHANNELS_LAST, "labels": LABELS}, (3, 4, 5)),
    "floats": ({"x": PIXELS[:, None] / 2, "y": LABELS}, (1, 4, 5)),
    "vectors": ({"x": PIXELS.reshape(6, 20), "y": LABELS}, (20,)),
    "as Keras": (
        {"x_train": PIXELS, "y_train": LABELS, "x_test": PIXELS, "y_test": LABELS},
        (1, 4, 5),
    ),
}


@pytest.mark.parametrize(("arrays", "shape"), ARRAYS.values(), ids=ARRAYS)
def test_npz(tmp_path: Path, arrays: dict[str, object], shape: tuple[int, ...]) -> None:
    numpy.savez(tmp_path / "data.npz", **arrays)
    data = opened(tmp_path / "data.npz")
    assert data.train.shape == shape
    assert data.classes == ("0", "1", "2")
    assert (data.test is not None) == ("x_test" in arrays)


class Trap:
    """Unpickled, it leaves a trace."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (open, ("sprung", "w"))  # type: ignore[return-value]


BAD: dict[str, tuple[dict[str, object], str]] = {
    "names": ({"a": PIXELS}, "has `a`; wanted: "),
    "labels": ({"x": PIXELS, "y": [True] * 6}, "a whole number from 0"),
    "two kinds": (
        {"x_train": PIXELS, "y_train": LABELS, "x_val": PIXELS, "y_val": [0.5] * 6},
        "`y_train` holds classes, `y_val` numbers: floats are numbers, integers classes",
    ),
    "counts": ({"x": PIXELS, "y": [0]}, "for each of 6 images"),
    "no numbers": ({"x": PIXELS * float("nan"), "y": LABELS}, "no numbers"),
    "negative": ({"x": PIXELS, "y": [-1] * 6}, "has the label -1; whole numbers from 0"),
    "pickled": ({"x": numpy.array([Trap()] * 6), "y": LABELS}, "Python objects, which are never"),
}


@pytest.mark.parametrize(("arrays", "says"), BAD.values(), ids=BAD)
def test_bad_npz(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arrays: dict[str, object], says: str
) -> None:
    numpy.savez(tmp_path / "data.npz", allow_pickle=True, **arrays)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TrainError, match=says):
        opened(tmp_path / "data.npz")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere", "there is no data `nowhere`"),
        ("digits.pkl", ".pkl files are not loaded"),
        ("note.txt", "is no data set"),
        ("empty", "holds no data set"),
        ("train-images-idx3-ubyte", "one of four idx files"),
    ],
)
def test_no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for file in ("digits.pkl", "note.txt", "train-images-idx3-ubyte"):
        (tmp_path / file).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(TrainError, match=says):
        open_data(name, (1, 8, 8), 10, False)
    assert not (tmp_path / "sprung").exists()


def test_digits_are_all_there() -> None:
    data = open_data("digits", (1, 8, 8), 10, False)
    assert data.train.fetch(torch.arange(1797)).shape == (1797, 1, 8, 8)
    assert data.train.labels.bincount().tolist() == [
        178,
        182,
        177,
        183,
        181,
        182,
        181,
        179,
        174,
        180,
    ]  # fmt: skip (scikit-learn's description of the set)


def test_synthetic_says_what_it_is() -> None:
    data = open_data("synthetic", (3, 9, 9), 7, False)
    assert data.train.shape == (3, 9, 9)
    assert len(data.classes) == 7
    assert "its accuracy says nothing" in data.kind
