"""`cnncalc export`: source that stands alone, ONNX files, and what goes wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import cnncalc
from cnncalc.commands.export import export
from cnncalc.commands.options import UsageError
from cnncalc.language.load import load
from cnncalc.runtime.lower import lower, samples

ALONE = """
import sys
from pathlib import Path
sys.modules["cnncalc"] = None               # as if it were not installed
import torch
torch.set_num_threads(1)                    # sums depend on how they are split
for folder in map(Path, sys.argv[1:]):
    namespace = {"__name__": "exported"}
    exec(compile((folder / "network.py").read_text(), "network.py", "exec"), namespace)
    made = [c for c in namespace.values() if getattr(c, "__module__", "") == "exported"]
    network = made[-1]()
    network.load_state_dict(torch.load(folder / "state.pt", weights_only=True), strict=True)
    given = torch.load(folder / "input.pt", weights_only=True)
    torch.save(network.eval()(*given), folder / "output.pt")
"""
STANDING = ("lenet5_1998", "resnet20", "shufflenet_v2", "unet", "rnn")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[torch.Tensor]]:
    """What each network gives here, and from its source, all in one process that has no more."""
    torch.set_num_threads(1)
    folders = {spec: tmp_path_factory.mktemp(spec) for spec in STANDING}
    here = {}
    for spec, folder in folders.items():
        graph = load(spec)
        network, given = lower(graph, seed=3).eval(), samples(graph)
        assert export(spec, [], "torch", str(folder / "network.py")) == 0
        torch.save(network.state_dict(), folder / "state.pt")
        torch.save(given, folder / "input.pt")
        here[spec] = network(*given)
    subprocess.run([sys.executable, "-I", "-c", ALONE, *map(str, folders.values())], check=True)
    return {
        spec: [here[spec], torch.load(folder / "output.pt", weights_only=True)]
        for spec, folder in folders.items()
    }


@pytest.mark.torch
@pytest.mark.parametrize("spec", STANDING)
def test_source_stands_alone(spec: str, outputs: dict[str, list[torch.Tensor]]) -> None:
    assert torch.equal(*outputs[spec])


@pytest.mark.torch
@pytest.mark.parametrize("spec", ["lenet5", "lenet5_1998", "cifar_maxout"])
def test_onnx_runs_elsewhere_and_for_any_batch(spec: str, tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    graph, file = load(spec), str(tmp_path / "network.onnx")
    assert export(spec, [], "onnx", file) == 0
    given = samples(graph, 3)
    session = onnxruntime.InferenceSession(file)
    (found,) = session.run(None, {session.get_inputs()[0].name: given[0].numpy()})
    expected = lower(graph).eval()(*given).detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


WINDOWS = """
input: 32x6x6
layers:
  - to_windows: {size: 3, shift: 1}
  - attention: {heads: 2, size: 3, relative: true, shift: 1}
  - from_windows: {size: 3, shift: 1}
  - pixel_unshuffle: {factor: 2, order: columns}
  - roll: {shift: 1, axis: height}
  - flip: width
  - slice: {start: 1, step: 2, axis: channels}
  - permute: [0, 2, 1]
  - reshape: [4, -1]
"""


@pytest.mark.torch
def test_onnx_of_what_moves_values(tmp_path: Path) -> None:
    """ONNX Runtime gives what PyTorch gives, or the export says that it does not."""
    pytest.importorskip("onnxruntime")
    spec = tmp_path / "windows.yaml"
    spec.write_text(WINDOWS, encoding="utf-8")
    assert export(str(spec), [], "onnx", str(tmp_path / "network.onnx")) == 0


FAR_PADDED = """
input: 3x8x8
layers:
  - conv_transpose: {filters: 4, kernel: 3, stride: 2, dilation: 3, output_padding: 2}
"""
"""An output padding beyond the stride, which PyTorch takes where the dilation is larger, and ONNX
Runtime refuses."""


@pytest.mark.torch
def test_onnx_that_does_not_run_is_not_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnxruntime")
    spec, file = tmp_path / "far.yaml", tmp_path / "far.onnx"
    spec.write_text(FAR_PADDED)
    file.write_text("what was there")
    lower(load(spec))(*samples(load(spec)))
    assert export(str(spec), [], "onnx", str(file), force=True) == 1
    assert "ONNX Runtime does not run what was written" in (said := capsys.readouterr().err)
    assert "output_padding" in said
    assert said.endswith("; nothing was written\n")
    assert file.read_text() == "what was there"
    with pytest.raises(RuntimeError, match="output_padding"):
        cnncalc.export(str(spec), file, format="onnx")
    assert sorted(tmp_path.iterdir()) == [file, spec]
    assert file.read_text() == "what was there"


@pytest.mark.torch
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (lambda x: x + 1, "is off by"),
        (lambda x: x.repeat(1, 2), "is 3x10 in ONNX Runtime, 3x20 here"),
        (lambda x: x * float("nan"), "is off by inf"),
    ],
)
def test_other_numbers_than_pytorch_are_said(
    changed: Callable[[torch.Tensor], torch.Tensor], says: str, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime")
    from cnncalc.runtime.alike import NoFormError
    from cnncalc.runtime.onnx.running import check_runs
    from cnncalc.runtime.onnx.to_onnx import to_onnx

    class Other(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return changed(self.network(x))

    graph, file = load("lenet5"), tmp_path / "network.onnx"
    network = lower(graph).eval()
    to_onnx(graph, file)
    check_runs(graph, network, file)
    with pytest.raises(NoFormError, match=says):
        check_runs(graph, Other(), file)


@pytest.mark.torch
def test_onnx_into_a_device(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnxruntime")
    assert export("mlp", [], "onnx", "/dev/null") == 0
    assert capsys.readouterr().out.startswith("/dev/null: ONNX Runtime runs it")


def test_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert export("lenet5", []) == 0
    assert capsys.readouterr().out.startswith('"""LeNet-5: 1x32x32 -> 10')


def test_arguments_are_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert export("resnet18", ["classes=7"]) == 0
    assert "nn.Linear(512, 7)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("lenet5", [], "tensorflow"), "torch, onnx"),
        (("lenet5", [], "onnx"), "--output"),
        (("lenet5", [], "torch", "no/such/folder/network.py"), "cannot write"),
        (("lenet5", [], "onnx", "no/such/folder/network.onnx"), "cannot write"),
    ],
)
def test_wrong_usage(arguments: tuple[str, list[str], str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        export(*arguments)


def test_a_spec_with_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text("input: 3x8x8\nlayers: [rellu]\n")
    assert export(str(tmp_path / "bad.yaml"), []) == 1
    assert "did you mean `relu`" in capsys.readouterr().err
