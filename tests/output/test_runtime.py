"""What is trained, verified and measured: names, folders and files reach the terminal there too."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("pytorch_lightning")

import torch

from tests.output.hostile import EVERY, TEXTS, Said, check, check_csv, said, strings
from tests.train.small import SPEC, run

pytestmark = pytest.mark.torch

NAME = "".join(map(TEXTS.get, ("colour", "clipboard", "bidi", "workflow on a line", "azure")))  # type: ignore[arg-type]
FOLDER = NAME.replace("/", "")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A network whose name, whose `about` and whose file's name are hostile."""
    monkeypatch.chdir(tmp_path)
    head = f"name: {json.dumps(NAME)}\nabout: {json.dumps(NAME)}"
    text = SPEC.replace("name: small", head).replace("DROPOUT", "false")
    path = f"{FOLDER}.yaml"
    Path(path).write_text(text, encoding="utf-8")
    return path


def test_train(small: str, tmp_path: Path) -> None:
    for options in (["-r", "epochs=1"], ["-r", "epochs=2", "--resume"], []):
        done = run(tmp_path, f"./{small}", "--output", FOLDER, *options)
        check(Said(done.returncode, done.stdout, done.stderr))
    assert "exists" in done.stderr or "has a run" in done.stderr
    done = run(tmp_path, f"./{small}", "--output", "next", "--from", f"{FOLDER}/{FOLDER}")
    check(Said(done.returncode, done.stdout, done.stderr))
    done = run(tmp_path, f"./{small}", "--output", "next", "--data", FOLDER)
    check(Said(done.returncode, done.stdout, done.stderr))


def test_verify(small: str) -> None:
    for form in ("text", "json"):
        found = said("verify", f"./{small}", f"./{small}", "--format", form)
        assert found.code == 0
        check(found, form)
    assert NAME in strings(json.loads(found.out))


def test_files_of_weights(small: str) -> None:
    """Names, texts of a header, entries of a checkpoint."""
    names = [NAME, EVERY, *TEXTS.values()]
    shape = {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}
    header = {"__metadata__": {name: name for name in names}, **dict.fromkeys(names, shape)}
    text = json.dumps(header).encode()
    Path("a.safetensors").write_bytes(struct.pack("<Q", len(text)) + text)
    entries = {"cnncalc": {"spec": EVERY, **{name: [name] for name in names}}}
    torch.save({**entries, "state_dict": dict.fromkeys(names, torch.ones(2))}, "b.ckpt")
    for file in ("a.safetensors", "b.ckpt"):
        for form in ("text", "json"):
            found = said("weights", "show", file, "--format", form)
            assert found.code == 0, found.err
            check(found, form)
        check(said("weights", "map", file, file))
        check(said("weights", "map", f"./{small}", file))
        check(said("verify", f"./{small}", "--weights", file))
        check(said("profile", f"./{small}", "--weights", file))


def test_profile(small: str) -> None:
    for form in ("text", "json", "csv"):
        found = said("profile", f"./{small}", "--rounds", "1", "--device", "cpu", "--format", form)
        assert found.code == 0
        check(found, form)
    check_csv(found.out)
    check(said("profile", f"./{small}", "--trace", f"no/{FOLDER}"))
    check(said("profile", f"./{small}", "--device", EVERY.replace("\0", "")))


def test_weights(small: str) -> None:
    for weights in (small, f"{small}x"):
        check(said("transform", "fc-to-conv", f"./{small}", "--weights", weights, "--to", "w.pt"))
