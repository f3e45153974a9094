"""What a checkpoint's network makes of data: held against a few lines of PyTorch of their own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits
from torch import Tensor

import cnncalc
from cnncalc.evaluation import Evaluation
from cnncalc.report.evaluation.to_text import to_text
from cnncalc.runtime.sealed import seal
from cnncalc.runtime.stored import load
from cnncalc.runtime.train.batches import split
from cnncalc.runtime.verify.threads import one_thread
from tests.inside import inside
from tests.train.small import run, spec

pytestmark = pytest.mark.torch

SOUND, MISUSED = 0, 2


def scores(run: Path, images: Any) -> Tensor:
    """Of N x 8 x 8 values from 0 to 1, by the small network written out once more."""
    found = torch.load(run / "best.ckpt", weights_only=True)
    weights = {n.removeprefix("network."): t for n, t in found["state_dict"].items()}
    said = found["cnncalc"]["normalisation"]
    x = (torch.as_tensor(images).float()[:, None] - said["mean"][0]) / said["deviation"][0]
    kernel, bias, last, shift = weights.values()
    x = torch.nn.functional.conv2d(x, kernel, bias, padding=1).clamp_min(0)
    return torch.nn.functional.max_pool2d(x, 2).flatten(1) @ last.T + shift


def ran(*words: str, folder: Path) -> str:
    done = inside(*words, folder=folder)
    assert done.returncode == SOUND, done.stderr
    return done.stdout


def document(finished: Path, *options: str) -> dict[str, Any]:
    text = ran("evaluate", "best.ckpt", "--format", "json", *options, folder=finished)
    found: dict[str, Any] = json.loads(text)
    return found


# -- evaluate -------------------------------------------------------------------------------


def expected(finished: Path, part: int) -> tuple[Tensor, Tensor]:
    """Scores and labels of the digits that were trained on (0) or kept apart (1)."""
    digits = load_digits()
    chosen = split(len(digits.target), 0.1, 0)[part]
    return scores(finished, digits.images[chosen] / 16), torch.from_numpy(digits.target)[chosen]


@pytest.mark.parametrize("part", [0, 1])
def test_figures_are_those_of_the_network_written_out(finished: Path, part: int) -> None:
    given, labels = expected(finished, part)
    found = document(finished, "--part", ("train", "val")[part])
    answers = given.argmax(1)
    assert found["samples"] == len(labels)
    assert found["accuracy"] == float((answers == labels).double().mean())
    loss = torch.nn.functional.cross_entropy(given, labels)
    assert found["loss"]["value"] == pytest.approx(float(loss), rel=1e-5)
    among = (given.argsort(1, descending=True)[:, :5] == labels[:, None]).any(1)
    assert found["top5"] == float(among.double().mean())
    for i in range(10):
        row = [int(((labels == i) & (answers == j)).sum()) for j in range(10)]
        assert found["confusion"][i] == row
        of = found["classes"][i]
        assert (of["name"], of["answers"], of["right"]) == (str(i), sum(row), row[i])
        assert of["given"] == int((answers == i).sum())
        assert of["recall"] == row[i] / sum(row)


def test_what_was_kept_apart_is_the_usual_part(finished: Path) -> None:
    found = document(finished)
    assert found == document(finished, "--part", "val")
    said = torch.load(finished / "best.ckpt", weights_only=True)["cnncalc"]["validation"]
    assert found["loss"]["value"] == pytest.approx(said["loss"], rel=1e-6)
    assert found["accuracy"] == pytest.approx(1 - said["error"])


def test_a_batch_changes_nothing(finished: Path) -> None:
    one, other = (document(finished, "--batch", each) for each in ("7", "1000"))
    assert one["confusion"] == other["confusion"]
    assert one["loss"]["value"] == pytest.approx(other["loss"]["value"], rel=1e-5)


def test_csv_has_a_line_for_each_class(finished: Path) -> None:
    text = ran("evaluate", "best.ckpt", "--format", "csv", folder=finished)
    rows = list(csv.DictReader(io.StringIO(text)))
    matrix = document(finished)["confusion"]
    assert [[int(row[f"taken for {name}"]) for name in range(10)] for row in rows] == matrix


@pytest.fixture(scope="module")
def animals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on three kinds of images in folders, each with a bright box of its own; and a folder of
    two of these kinds."""
    folder = tmp_path_factory.mktemp("animals")
    boxes = {"bird": (0, 0, 8, 4), "cat": (0, 4, 8, 8), "dog": (0, 0, 4, 8)}
    for name, box in boxes.items():
        for number in range(12):
            for data in ("data",) if name == "bird" else ("data", "some"):
                (folder / data / name).mkdir(parents=True, exist_ok=True)
                image = Image.new("RGB", (8, 8), (number,) * 3)
                image.paste((200, 200, 200 + number), box)
                image.save(folder / data / name / f"{number}.png")
    done = run(
        folder, spec(folder), "--set", "classes=3", "--data", "data", "--output", "run",
        "-r", "epochs=6", "-r", "batch=4",
    )  # fmt: skip
    assert done.returncode == SOUND, done.stderr
    return folder


def test_classes_are_told_by_their_names(animals: Path) -> None:
    text = ran("evaluate", "run/best.ckpt", "--data", "some", "--format", "json", folder=animals)
    found = json.loads(text)
    assert [each["name"] for each in found["classes"]] == ["bird", "cat", "dog"]
    assert [sum(row) for row in found["confusion"]] == [0, 12, 12]
    assert found["accuracy"] == 1
    assert found["classes"][0]["recall"] is None
    assert found["top5"] is None


def test_a_strange_class_is_told(animals: Path) -> None:
    for name in ("cat", "wolf"):
        (animals / "strange" / name).mkdir(parents=True)
        Image.new("L", (8, 8)).save(animals / "strange" / name / "1.png")
    done = inside("evaluate", "run/best.ckpt", "--data", "strange", folder=animals)
    assert done.returncode == MISUSED
    assert "classes that the network was not trained on: `wolf`" in done.stderr


def test_numbers_have_a_loss_alone(tmp_path: Path) -> None:
    (tmp_path / "line.yaml").write_text("input: 3\nlayers: [{linear: 2}]\ntrain: {epochs: 1}\n")
    x = numpy.random.default_rng(0).normal(size=(40, 3)).astype("f4")
    y = x[:, :2] * 2
    numpy.savez(tmp_path / "data.npz", x=x, y=y)
    done = run(tmp_path, "line.yaml", "--data", "data.npz", "--output", "run")
    assert done.returncode == SOUND, done.stderr
    found = cnncalc.evaluate(tmp_path / "run/best.ckpt", {"x": x, "y": y}, part="train")
    held = torch.load(tmp_path / "run/best.ckpt", weights_only=True)
    weight, bias = held["state_dict"].values()
    how = held["cnncalc"]["normalisation"]
    outputs = (torch.from_numpy(x) - how["mean"][0]) / how["deviation"][0] @ weight.T + bias
    chosen = split(40, 0.1, 0)[0]
    wanted = (outputs - torch.from_numpy(y))[chosen].square().mean()
    assert found.loss == pytest.approx(float(wanted), rel=1e-5)
    assert (found.accuracy, found.classes) == (None, ())
    told = cnncalc.predict(tmp_path / "run/best.ckpt", [tmp_path / "data.npz"], array="x")
    assert torch.allclose(torch.tensor([each.values for each in told]), outputs, atol=1e-5)


def test_the_spec_stands_alone_and_keeps_its_arguments(tmp_path: Path) -> None:
    spec(tmp_path)
    (tmp_path / "more.yaml").write_text("extends: small.yaml\nname: more\n")
    graph = cnncalc.load(tmp_path / "more.yaml", args={"classes": 12})
    data = {"x": numpy.random.default_rng(0).normal(size=(24, 8, 8)), "y": numpy.arange(24) % 12}
    cnncalc.train(graph, data, recipe={"epochs": 1}, output=tmp_path / "run")
    (tmp_path / "small.yaml").unlink()
    found = cnncalc.evaluate(tmp_path / "run/best.ckpt", data, part="train")
    assert (found.name, len(found.classes)) == ("more", 12)


def test_of_many_classes_the_mistakes_are_listed() -> None:
    names = tuple(map(str, range(30)))
    pairs = {(i, i): 5 for i in range(30)} | {(i, (i + 1) % 30): 1 for i in range(12)} | {(3, 9): 4}
    found = Evaluation(
        "c", "n", 1, "d", "all", 166, "image", "cross_entropy", 0.5, names, pairs, 0.9
    )
    assert found.accuracy == 30 * 5 / (30 * 5 + 12 + 4)
    text = to_text(found)
    assert "3       9               4" in text
    assert text.endswith("and 3 other pairs; --format json has all\n")


# -- predict --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six digits as images, as arrays, and as an idx file."""
    folder = tmp_path_factory.mktemp("files")
    bytes_ = (load_digits().images[:6] * 15.9375).round().astype("u1")
    (folder / "images").mkdir()
    for number, one in enumerate(bytes_):
        Image.fromarray(one).save(folder / "images" / f"{number}.png")
    numpy.savez(folder / "d.npz", x=bytes_)
    numpy.savez(folder / "two.npz", x_train=bytes_, x_test=bytes_[:2], y_test=bytes_[:2, 0, 0])
    head = b"\0\0\x08\3" + b"".join(size.to_bytes(4) for size in bytes_.shape)
    (folder / "d-images-idx3-ubyte").write_bytes(head + bytes_.tobytes())
    numpy.save(folder / "bytes.npy", bytes_)
    return folder


def test_all_kinds_of_files_are_said_the_same_of(finished: Path, files: Path) -> None:
    shares = scores(finished, numpy.load(files / "bytes.npy") / 255).softmax(1)
    single = [f"{files}/images/{number}.png" for number in range(6)]
    for given in (single, ["images"], ["d.npz"], ["d-images-idx3-ubyte"]):
        names = [str(files / name) for name in given]
        text = ran(
            "predict", "best.ckpt", *names, "--top", "10", "--format", "jsonl", folder=finished
        )
        told = [json.loads(line) for line in text.splitlines()]
        assert [each["class"] for each in told] == [str(int(row.argmax())) for row in shares]
        for each, row in zip(told, shares, strict=True):
            ordered = {int(one["class"]): one["probability"] for one in each["likeliest"]}
            assert [*ordered.values()] == sorted(ordered.values(), reverse=True)
            assert [ordered[i] for i in range(10)] == pytest.approx(row.tolist(), abs=1e-6)


def test_formats_say_the_same(finished: Path, files: Path) -> None:
    words = ("predict", "best.ckpt", str(files / "d.npz"), str(files / "images/5.png"))
    told = [
        json.loads(one) for one in ran(*words, "--format", "jsonl", folder=finished).splitlines()
    ]
    rows = list(csv.DictReader(io.StringIO(ran(*words, "--format", "csv", folder=finished))))
    lines = ran(*words, folder=finished).splitlines()[1:]
    assert len(told) == len(rows) == len(lines) == 7
    for one, row, line in zip(told, rows, lines, strict=True):
        assert (one["class"], one["file"]) == (row["class"], row["file"])
        assert float(row["probability3"]) == one["likeliest"][2]["probability"]
        assert line.split()[1:3] == [one["class"], f"{100 * one['probability']:.2f}"]
    assert (told[6]["index"], rows[6]["index"], told[2]["index"]) == (None, "", 2)


def test_names_of_classes_are_told(animals: Path) -> None:
    text = ran("predict", "run/best.ckpt", "data/dog/3.png", "some/cat", folder=animals)
    assert [line.split()[1] for line in text.splitlines()[1:]] == ["dog", *["cat"] * 12]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["nothing.png"], "`nothing.png` cannot be read: no such file"),
        (["nothing.txt"], "there is no `nothing.txt`"),
        (["best.ckpt"], "`best.ckpt` is not an image"),
        (["two.npz"], "`x_train`, `x_test`, `y_test`: say which, --array NAME"),
        (["two.npz", "--array", "z"], "has no `z`: `x_train`, `x_test`, `y_test`"),
        (["large.png"], "`large.png`: the images are 1x9x9, the network reads 1x8x8; --resize"),
        (["one.png", "large.png"], "`--resize` resizes all"),
        (["empty"], "`empty` has no images"),
        (["broken.png"], "`broken.png` cannot be read as an image"),
        (["d.npz", "--top", "0"], "--top wants a number of at least 1, got 0"),
        (["d.npz", "--batch", "0"], "--batch wants a number of at least 1, got 0"),
        (["d.npz", "--device", "tpu"], "--device wants one of auto, cpu, cuda, cuda:1, got `tpu`"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_cannot_be_read_is_told(
    finished: Path, files: Path, tmp_path: Path, names: list[str], says: str
) -> None:
    for name in ("best.ckpt", "two.npz", "d.npz"):
        (tmp_path / name).symlink_to((finished if name == "best.ckpt" else files) / name)
    Image.new("L", (8, 8)).save(tmp_path / "one.png")
    Image.new("L", (9, 9)).save(tmp_path / "large.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "empty").mkdir()
    done = inside("predict", "best.ckpt", *names, folder=tmp_path)
    assert (done.returncode, done.stdout) == (MISUSED, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_is_resized_is_read(finished: Path, tmp_path: Path) -> None:
    Image.new("RGB", (31, 9), (200, 100, 0)).save(tmp_path / "wide.png")
    text = ran("predict", "best.ckpt", str(tmp_path / "wide.png"), "--resize", folder=finished)
    assert len(text.splitlines()) == 2


# -- maps -----------------------------------------------------------------------------------

PIXELS = """
input: 1x6x6
args: {classes: 3}
layers: [{conv: {filters: classes, kernel: 3, padding: half}}]
train: {epochs: 1, batch: 8}
"""


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on pixels that have classes, and three of the images as files."""
    folder = tmp_path_factory.mktemp("mapped")
    (folder / "pixels.yaml").write_text(PIXELS)
    draw = numpy.random.default_rng(0)
    x = draw.integers(256, size=(24, 6, 6)).astype("u1")
    numpy.savez(folder / "d.npz", x=x, y=x // 86)
    done = run(folder, "pixels.yaml", "--data", "d.npz", "--output", "run")
    assert done.returncode == SOUND, done.stderr
    for name in ("a/one.png", "b/one.png", "two.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        Image.fromarray(x[len(name)]).save(folder / name)
    return folder


def classes_of(folder: Path, image: Any) -> Tensor:
    """By the network written out once more."""
    found = torch.load(folder / "run/best.ckpt", weights_only=True)
    weight, bias = found["state_dict"].values()
    how = found["cnncalc"]["normalisation"]
    given = (torch.from_numpy(image / 255).float() - how["mean"][0]) / how["deviation"][0]
    return torch.nn.functional.conv2d(given[None, None], weight, bias, padding=1)[0].argmax(0)


def test_maps_are_files_whose_pixels_are_classes(mapped: Path) -> None:
    files = ("a/one.png", "b/one.png", "two.png")
    words = ("predict", "run/best.ckpt", *files, "--output", "out", "--format", "jsonl")
    told = [json.loads(line) for line in ran(*words, folder=mapped).splitlines()]
    assert [each["map"] for each in told] == ["out/one.png", "out/one_2.png", "out/two.png"]
    for file, each in zip(files, told, strict=True):
        wanted = classes_of(mapped, numpy.asarray(Image.open(mapped / file)))
        written = Image.open(mapped / each["map"])
        assert written.mode == "P"
        assert numpy.array_equal(numpy.asarray(written), wanted.numpy())
        shares = {one["class"]: one["share"] for one in each["shares"]}
        counts = {str(i): int((wanted == i).sum()) / 36 for i in range(3)}
        assert shares == pytest.approx({name: share for name, share in counts.items() if share})
    again = inside(*words, folder=mapped)
    assert (again.returncode, again.stdout) == (MISUSED, "")
    assert "`out` has files already; --force writes over" in again.stderr
    rows = list(csv.DictReader(io.StringIO(ran(*words[:-1], "csv", "--force", folder=mapped))))
    assert [row["map"] for row in rows] == [each["map"] for each in told]
    lines = ran(*words[:-2], "--force", folder=mapped).splitlines()
    assert lines[0].split() == ["file", "map", "classes"]
    assert "out/two.png" in lines[3]


def test_a_map_wants_a_folder_and_a_class_none(mapped: Path, finished: Path) -> None:
    done = inside("predict", "run/best.ckpt", "two.png", folder=mapped)
    assert done.returncode == MISUSED
    assert "the network gives 3x6x6 for each sample, a map: `--output FOLDER`" in done.stderr
    words = ("predict", str(finished / "best.ckpt"), "d.npz", "--array", "x", "-o", "none")
    done = inside(*words, "--resize", folder=mapped)
    assert done.returncode == MISUSED
    assert "--output is for networks that give maps" in done.stderr
    assert not (mapped / "none").exists()


def test_what_is_drawn_again_is_an_array(tmp_path: Path) -> None:
    graph = cnncalc.loads("input: 1x4x4\nlayers: [{conv: {filters: 1, kernel: 1}}]")
    x = numpy.random.default_rng(0).random((20, 4, 4)).astype("f4")
    data = {"x": x, "y": numpy.arange(20) % 2}
    cnncalc.train(graph, data, recipe={"epochs": 1}, output=tmp_path / "run")
    numpy.savez(tmp_path / "x.npz", x=x)
    told = cnncalc.predict(tmp_path / "run/best.ckpt", [tmp_path / "x.npz"], output=tmp_path / "o")
    assert [Path(each.map or "").name for each in told[:2]] == ["x-0000.npy", "x-0001.npy"]
    found = torch.load(tmp_path / "run/best.ckpt", weights_only=True)
    weight, bias = (each.item() for each in found["state_dict"].values())
    how = {name: each[0] for name, each in found["cnncalc"]["normalisation"].items()}
    wanted = (x[1] - how["mean"]) / how["deviation"] * weight + bias
    written = numpy.load(told[1].map or "", allow_pickle=False)
    assert written.shape == (1, 4, 4)
    assert numpy.allclose(written[0], wanted, atol=1e-5)


# -- checkpoints that lie -------------------------------------------------------------------


def changed(said: dict[str, Any], **entries: Any) -> dict[str, Any]:
    return {**said, **entries}


LIES: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "no spec": (lambda said: changed(said, spec=3), "has no `spec`"),
    "broken spec": (lambda said: changed(said, spec="input: ["), "has a spec that cannot be read"),
    "other file": (
        lambda said: changed(said, spec="extends: other.yaml"),
        "which the checkpoint does not hold",
    ),
    "other network": (
        lambda said: changed(said, spec="input: 1x8x8\nlayers: [flatten, {linear: 10}]"),
        "the weight `",
    ),
    "huge network": (
        lambda said: changed(said, spec=said["spec"].replace("filters: 8", "filters: 8000000")),
        "where the network has 8000000",
    ),
    "argument": (lambda said: changed(said, set={"clases": "3"}), "has a spec that cannot be read"),
    "arguments": (lambda said: changed(said, set={"classes": 3}), "other things than texts"),
    "classes": (lambda said: changed(said, classes=["a"]), "names 1 classes"),
    "same classes": (lambda said: changed(said, classes=["a"] * 10), "the same ones twice"),
    "mean": (
        lambda said: changed(said, normalisation={"mean": [1.0, 2.0], "deviation": [1.0]}),
        "is not of 1 channel",
    ),
    "deviation": (
        lambda said: changed(said, normalisation={"mean": [1.0], "deviation": [0.0]}),
        "is not of 1 channel",
    ),
    "no number": (
        lambda said: changed(said, normalisation={"mean": [float("nan")], "deviation": [1.0]}),
        "is not of numbers",
    ),
    "recipe": (lambda said: changed(said, recipe={}), "`validation` is no share"),
    "loss": (
        lambda said: changed(said, recipe={**said["recipe"], "loss": "x" * 10**6}),
        "`loss` is none",
    ),
    "epochs": (lambda said: changed(said, epochs=True), "has no `epochs`"),
    "generator": (lambda said: changed(said, discriminator={}), "is of a generator"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_told(finished: Path, tmp_path: Path, lie: str) -> None:
    change, says = LIES[lie]
    contents = load(finished / "best.ckpt")
    said = {n: v for n, v in contents["cnncalc"].items() if n not in ("format", "sha256")}
    torch.save(seal({**contents, "cnncalc": change(said)}), tmp_path / "a.ckpt")
    done = inside("evaluate", "a.ckpt", folder=tmp_path)
    assert (done.returncode, done.stdout) == (MISUSED, "")
    assert done.stderr.startswith("cnncalc: `a.ckpt` ")
    assert says in done.stderr
    assert len(done.stderr) < 600


def test_weights_alone_are_not_enough(finished: Path, tmp_path: Path) -> None:
    torch.save(load(finished / "best.ckpt")["state_dict"], tmp_path / "a.pt")
    done = inside("predict", "a.pt", "x.png", folder=tmp_path)
    assert "is no checkpoint of `cnncalc train`" in done.stderr


@pytest.fixture(autouse=True)
def alone() -> Any:
    with one_thread():
        yield
