"""What ships with cnncalc, extended and included by its name."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cnncalc import load
from cnncalc.language.load import SpecError
from cnncalc.layers.base import times

SEPARABLE = "input: 3x8x8\nlayers: [{separable_conv: 5}]\n"


def written(folder: Path, **files: str) -> Path:
    """Files, by name; the path of the first."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / f"{next(iter(files))}.yaml"


def codes(path: Path) -> list[str]:
    with pytest.raises(SpecError) as raised:
        load(path)
    return [one.code for one in raised.value.diagnostics]


def test_extends_a_network_of_the_zoo(tmp_path: Path) -> None:
    path = written(tmp_path, a="extends: resnet18\nargs: {classes: 10}\n")
    assert times(load(path).output.shape) == "10"
    assert len(load(path).layers) == len(load("resnet18").layers)


def test_a_spec_may_be_called_as_what_it_extends(tmp_path: Path) -> None:
    path = written(tmp_path, resnet18="extends: resnet18\nargs: {classes: 10}\n")
    assert times(load(path).output.shape) == "10"


def test_a_file_beside_the_spec_comes_first(tmp_path: Path) -> None:
    (tmp_path / "resnet18").write_text("input: 3\nlayers: [{linear: 4}]\n")
    assert times(load(written(tmp_path, a="extends: resnet18\n")).output.shape) == "4"


def test_includes_a_library(tmp_path: Path) -> None:
    path = written(tmp_path, a=f"include: blocks/separable_conv.yaml\n{SEPARABLE}")
    assert times(load(path).output.shape) == "5x8x8"


def test_a_library_beside_the_spec_comes_first(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    own = "blocks: {separable_conv: {args: {n: }, layers: [{conv: {filters: n, kernel: 8}}]}}\n"
    (tmp_path / "blocks" / "separable_conv.yaml").write_text(own)
    path = written(tmp_path, a=f"include: blocks/separable_conv.yaml\n{SEPARABLE}")
    assert times(load(path).output.shape) == "5x1x1"


REFUSED = {
    "no such network": ("extends: resnet5O\n", ["CNN107"]),
    "a library is no network": ("extends: separable_conv\n", ["CNN107"]),
    "no such library": ("include: blocks/nope.yaml\n", ["CNN107"]),
    "a network is no library": ("include: resnet18\n", ["CNN107"]),
    "a way out": ("include: blocks/../../a.yaml\n", ["CNN112"]),
    "a way about": ("include: blocks/../blocks/separable_conv.yaml\n", ["CNN107"]),
}


@pytest.mark.parametrize(("head", "wanted"), REFUSED.values(), ids=REFUSED)
def test_refused(head: str, wanted: list[str], tmp_path: Path) -> None:
    place = tmp_path / "project"
    place.mkdir()
    assert codes(written(place, a=f"{head}{SEPARABLE}")) == wanted


def test_a_file_that_cannot_be_read_is_not_passed_by(tmp_path: Path) -> None:
    (tmp_path / "resnet18").mkdir()
    assert codes(written(tmp_path, a="extends: resnet18\n")) == ["CNN107"]


def test_a_link_to_nothing_is_not_passed_by(tmp_path: Path) -> None:
    (tmp_path / "resnet18").symlink_to("nothing")
    assert codes(written(tmp_path, a="extends: resnet18\n")) == ["CNN107"]


def test_at_a_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ships is of this version of ours; a file of the revision comes first there too."""
    from cnncalc.diagnostics import Diagnostics
    from cnncalc.language.load import read_with
    from cnncalc.language.text.revision import Revision

    monkeypatch.chdir(tmp_path)
    who = ("-c", "user.name=a", "-c", "user.email=a@b")

    def git(*arguments: str) -> None:
        subprocess.run(["git", *who, *arguments], check=True, capture_output=True)

    git("init")
    path = written(tmp_path, a="extends: resnet18\n")
    (tmp_path / "resnet18").write_text("input: 3\nlayers: [{linear: 4}]\n")
    git("add", "a.yaml")
    git("commit", "-m", "the spec alone")
    git("add", "resnet18")
    git("commit", "-m", "its base too")
    (tmp_path / "resnet18").unlink()
    outputs = []
    for revision in ("HEAD~1", "HEAD"):
        graph = read_with(Revision(revision).read, str(path), Diagnostics())
        assert graph
        outputs.append(times(graph.output.shape))
    assert outputs == ["1000", "4"]
