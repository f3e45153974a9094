"""What a shell is offered, asked as the script that `--install-completion` writes asks."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from re import fullmatch

import pytest

from cnncalc import zoo
from cnncalc.checking.every_code import CODES
from cnncalc.layers import HOMES
from tests.commands.conftest import Run
from tests.hostile.names import HOSTILE

OFFERED = {
    "a network": ("analyze resnet1", ("resnet18", "resnet152"), ("resnet50",)),
    "a second one": ("compare vgg16 vgg1", ("vgg11", "vgg19"), ("resnet18",)),
    "one to start from": ("init --from vgg", ("vgg16",), ("resnet18",)),
    "a library of blocks": ("zoo show blocks/s", ("blocks/squeeze_excite.yaml",), ("segnet",)),
    "a kind": ("calc con", ("conv", "concat"), ("relu",)),
    "a word with a page": ("explain padd", ("padding",), ("pad",)),
    "a code with a page": ("explain CNN60", ("CNN602",), ("CNN701",)),
    "a code behind a comma": ("check --ignore CNN602,CNN70", ("CNN602,CNN701",), ("CNN701",)),
    "a layer": ("explain lenet5 C", ("C1", "C3"), ("S2",)),
    "a layer behind an option": ("draw lenet5 --layer C", ("C1", "C3"), ("S2",)),
    "a format": ("analyze lenet5 --format c", ("csv",), ("json",)),
    "a form of source": ("export lenet5 --to ", ("torch", "onnx"), ()),
    "a column behind a comma": ("analyze --columns params,ma", ("params,macs",), ("macs",)),
    "a transformation": ("transform fc", ("fc-to-conv",), ("conv-to-fc",)),
    "an optimizer": ("memory lenet5 --optimizer a", ("adam", "adamw"), ("sgd",)),
    "a style": ("draw lenet5 --style vol", ("volumes",), ("graph",)),
    "no layer of what is no spec": ("explain nowhere C", (), ("C1",)),
    "no layer of standard input": ("explain - C", (), ("C1",)),
}


@pytest.mark.parametrize(("typed", "offers", "else_"), OFFERED.values(), ids=OFFERED)
def test_bash_is_offered(
    typed: str, offers: tuple[str, ...], else_: tuple[str, ...], cnncalc: Run
) -> None:
    found = offered(cnncalc, typed)
    assert set(offers) <= set(found)
    assert not set(else_) & set(found)
    word = typed.rpartition(" ")[2]
    assert all(each.startswith(word) for each in found)


def test_all_that_has_a_page_is_offered(cnncalc: Run) -> None:
    found = offered(cnncalc, "explain ")
    assert {*HOMES, *CODES, *zoo.networks()} <= set(found)


def test_specs_and_folders_stand_beside_networks(cnncalc: Run, tmp_path: Path) -> None:
    (tmp_path / "resnet_mine.yaml").touch()
    (tmp_path / "resnet_notes.txt").touch()
    (tmp_path / "resnets").mkdir()
    found = offered(cnncalc, "analyze resnet", tmp_path)
    assert {"resnet_mine.yaml", "resnets/", "resnet18"} <= set(found)
    assert "resnet_notes.txt" not in found


def test_no_file_is_offered_that_a_shell_could_take_for_more(cnncalc: Run, tmp_path: Path) -> None:
    """What zsh is told it evaluates."""
    for name in HOSTILE:
        with suppress(OSError, ValueError):  # no system has all of them as files
            (tmp_path / f"resnet{name}.yaml").touch()
    odd = [path.name for path in tmp_path.iterdir()]
    assert len(odd) > 20
    found = offered(cnncalc, "analyze resnet", tmp_path)
    assert "resnet18" in found
    for name in found:
        assert fullmatch(r"[\w.+-]+/?", name), name
    asked = {"_CNNCALC_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cnncalc analyze resnet"}
    told = cnncalc(folder=tmp_path, **asked).stdout
    assert not [name for name in odd if name not in found and name in told]


@pytest.mark.parametrize("word", ["mine", "nets/re", "./re"])
def test_where_no_network_is_meant_the_shell_offers_files(
    word: str, cnncalc: Run, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").touch()
    assert offered(cnncalc, f"analyze {word}", tmp_path) == []


def test_zsh_is_told_what_each_is_for(cnncalc: Run) -> None:
    asked = {"_CNNCALC_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "cnncalc explain CNN602"}
    assert CODES["CNN602"].title in cnncalc(**asked).stdout


def offered(cnncalc: Run, typed: str, folder: Path | None = None) -> list[str]:
    words = typed.split(" ")
    asked = {
        "_CNNCALC_COMPLETE": "complete_bash",
        "COMP_WORDS": f"cnncalc {typed}",
        "COMP_CWORD": str(len(words)),
    }
    run = cnncalc(folder=folder or zoo.folder(), **asked)
    assert run.returncode == 0, run.stderr
    return [line for line in run.stdout.splitlines() if line]
