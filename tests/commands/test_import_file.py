"""`cnncalc import` of another tool's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Run

FILES = {
    "net.cfg": "[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\nfilters=4\nsize=3\npad=1\n",
    "net.prototxt": 'input: "x" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\nlayer { name: "c"\n'
    'type: "Convolution" bottom: "x" top: "y"\n'
    "convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }\n",
}


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    (tmp_path / request.param).write_text(FILES[request.param])
    return str(tmp_path / request.param)


def test_a_network_without_its_tool(cnncalc: Run, file: str) -> None:
    done = cnncalc("import", file)
    assert (done.returncode, done.stderr) == (0, "")
    assert "conv: {filters: 4, kernel: 3, padding: " in done.stdout
    assert f"params: {4 * 27 + 4}" in done.stdout
    assert f"macs: {8 * 8 * 4 * 27}" in done.stdout
    assert cnncalc("check", "-", stdin=done.stdout).returncode == 0


def test_an_input_of_another_size(cnncalc: Run, file: str) -> None:
    done = cnncalc("import", file, "--input", "3x16x32")
    assert "input: 3x16x32" in done.stdout


def test_a_fault_has_its_line(cnncalc: Run, file: str) -> None:
    path = Path(file)
    path.write_text(path.read_text().replace("4", "four"))
    done = cnncalc("import", file)
    assert (done.returncode, done.stdout) == (1, "")
    line = 6 if path.suffix == ".cfg" else 4
    assert done.stderr.startswith(f"{file}:{line}: ")
    assert "got `four`" in done.stderr


def test_what_cannot_be_said_is_listed_with_its_place(cnncalc: Run, tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    path.write_text(FILES["net.cfg"] + "[gru]\noutput=3\n")
    done = cnncalc("import", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"gru_1, gru ({path}:9)" in done.stderr


def test_where_it_goes(cnncalc: Run, file: str, tmp_path: Path) -> None:
    spec = str(tmp_path / "spec.yaml")
    assert cnncalc("import", file, "-o", spec).returncode == 0
    assert cnncalc("check", spec).returncode == 0
    assert cnncalc("import", file, "-o", spec).returncode == 2


WRONG = {
    "weights": (("--save-weights", "w.pt"), "holds no weights"),
    "a part": (("--module", "conv1"), "--module is a part of a PyTorch model"),
    "a shape": (("--input", "3xx8"), "--input wants a shape"),
}


@pytest.mark.parametrize(("options", "said"), WRONG.values(), ids=WRONG)
def test_wrong_usage(cnncalc: Run, file: str, options: tuple[str, ...], said: str) -> None:
    done = cnncalc("import", file, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_file_of_no_known_tool(cnncalc: Run, tmp_path: Path) -> None:
    (tmp_path / "net.cfg").write_text("hello = 1\n")
    done = cnncalc("import", str(tmp_path / "net.cfg"))
    assert done.returncode == 1
    assert "a network of none of these: Keras, darknet, Caffe" in done.stderr
    assert cnncalc("import", str(tmp_path / "none.cfg")).returncode == 2
    (tmp_path / "folder.cfg").mkdir()
    done = cnncalc("import", str(tmp_path / "folder.cfg"))
    assert "cannot be read: a folder" in done.stderr
