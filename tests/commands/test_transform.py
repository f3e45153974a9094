"""`cnncalc transform`: what it prints where, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Run

NET = "input: 3x8x8\nlayers: [{conv: {filters: 4, kernel: 3}}, batch_norm, relu, batch_norm]\n"


def test_the_spec_goes_to_stdout_and_the_rest_to_stderr(cnncalc: Run) -> None:
    done = cnncalc("transform", "fold-batch-norm", "-", stdin=NET)
    assert done.returncode == 0
    assert done.stdout == NET.replace("}}, batch_norm, relu", "}}, relu")
    lines = done.stderr.splitlines()
    assert lines[0] == "-: 1 batch norm folded"
    assert [line.split() for line in lines[1:6]] == [
        ["layers", "4", "->", "3", "-1"],
        ["params", "128", "->", "120", f"-{2 * 4}"],
        ["buffers", "18", "->", "9", f"-{2 * 4 + 1}"],
        ["MACs", *[f"{36 * 4 * 27:,}", "->", f"{36 * 4 * 27:,}"]],
        ["FLOPs", f"{36 * 4 * (54 + 1 + 2 + 1 + 2):,}", "->", f"{36 * 4 * 58:,}", f"-{36 * 4 * 2}"],
    ]
    column = NET.splitlines()[1].rindex("batch_norm") + 1
    assert lines[6].startswith(f"left: <stdin>:2:{column}: `batch_norm_2`: it reads `relu`")


def test_what_it_writes_it_reads(cnncalc: Run, tmp_path: Path) -> None:
    file = tmp_path / "wide.yaml"
    done = cnncalc("transform", "fold-batch-norm", "resnet101", "-o", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert "104 batch norms folded, written at 1 place" in done.stderr
    assert "what it took from resnet50.yaml is written into it: it stands alone" in done.stderr
    assert cnncalc("check", str(file)).returncode == 0
    again = cnncalc("transform", "fold-batch-norm", str(file))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "ResNet-101 (batch norm folded): it has no batch norm\n"


def test_arguments(cnncalc: Run) -> None:
    done = cnncalc("transform", "fc-to-conv", "vgg16", "--set", "classes=10")
    assert done.returncode == 0
    assert "classes: 10}" in done.stdout
    assert f"params: {138_357_544 - 990 * 4097:_}" in done.stdout
    assert "output: 10x1x1" in done.stdout


MISTAKES = [
    (["fold-batchnorm", "vgg16"], 2, "did you mean `fold-batch-norm`?"),
    (["turn", "vgg16"], 2, "there are fold-batch-norm, fc-to-conv, conv-to-fc"),
    (["fc-to-conv", "vgg17"], 1, "cannot be read"),
    (["fc-to-conv", "vgg16", "--set", "class=3"], 1, "did you mean `classes`?"),
    (["fc-to-conv", "vgg16", "--set", "classes"], 2, "--set wants NAME=VALUE"),
    (["fc-to-conv", "unet"], 1, "U-Net: it has no linear layer"),
    (["fc-to-conv", "vgg16", "-o", "README.md"], 2, "--force writes over it"),
    (["fc-to-conv", "vgg16", "--to", "x.pt"], 2, "--weights and --to go together"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), MISTAKES)
def test_mistakes(arguments: list[str], code: int, message: str, cnncalc: Run) -> None:
    done = cnncalc("transform", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_spec_with_errors(cnncalc: Run) -> None:
    done = cnncalc("transform", "fc-to-conv", "-", stdin="input: 3x8x8\nlayers: [linear: 3]\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "CNN401" in done.stderr


def test_neither_numpy_nor_torch_is_loaded(process: Run, tmp_path: Path) -> None:
    hidden = tmp_path / "torch.py"
    hidden.write_text("raise ImportError('torch is loaded')")
    done = process("transform", "fold-batch-norm", "resnet18", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0
    (tmp_path / "x.pt").touch()
    missing = tmp_path / "torch.py"
    missing.write_text("raise ModuleNotFoundError('no', name='torch')")
    options = ("--weights", str(tmp_path / "x.pt"), "--to", str(tmp_path / "y.pt"))
    done = process("transform", "fold-batch-norm", "resnet18", *options, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "--weights needs torch: pip install 'cnncalc[torch]'" in done.stderr


@pytest.mark.parametrize("name", ["net", "./net", "linked/net"])
def test_the_weights_are_not_lost_to_the_spec(cnncalc: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "linked").symlink_to(tmp_path)
    (tmp_path / "in.pt").write_text("")
    done = cnncalc(
        *("transform", "fold-batch-norm", "-", "--weights", f"{tmp_path}/in.pt", "--force"),
        *("--to", f"{tmp_path}/{name}", "-o", f"{tmp_path}/net"),
        stdin=NET,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--output and --to name one file" in done.stderr
    assert not (tmp_path / "net").exists()
