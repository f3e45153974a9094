"""`cnncalc verify`: the report, its formats, exit codes, and what goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from cnncalc.commands.options import UsageError
from cnncalc.commands.verify import verify
from cnncalc.report.verification.to_json import to_json
from cnncalc.report.verification.to_text import summary, to_text
from cnncalc.verification import Check, Deviation, Verification
from tests.commands.conftest import Run

pytestmark = pytest.mark.torch

MLP = "input: 4\nlayers: [{linear: 3}, relu, {linear: 2}]\n"
STEP = "input: 4\nlayers: [{linear: 3}, step, {linear: 2}]\n"

NAMES = [
    "connections",
    "output shapes",
    "MACs",
    "receptive field",
    "weights",
    "params",
    "gradients",
    "exported source",
]


@pytest.fixture
def spec(tmp_path: Path) -> str:
    (tmp_path / "mlp.yaml").write_text(MLP)
    return str(tmp_path / "mlp.yaml")


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_line_for_each_check(cnncalc: Run) -> None:
    done = cnncalc("verify", "lenet5")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "LeNet-5   specs/lenet/lenet5.yaml   on cpu"
    assert [line[:15].strip() for line in lines[2:10]] == NAMES
    assert all("   equal   " in line for line in lines[2:10])
    assert "FLOPs outside MACs" in done.stdout
    assert lines[-1] == "LeNet-5: 8 checks, 8 equal"


def test_json(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify([spec], [], form="json") == 0
    found = document(capsys)
    assert (found["spec"], found["device"], found["sound"]) == (spec, "cpu", True)
    assert [check["name"] for check in found["checks"]] == NAMES
    verdicts = {check["name"]: check["verdict"] for check in found["checks"]}
    assert verdicts.pop("receptive field") == "not checked"  # a vector has no axes
    assert set(verdicts.values()) == {"equal"}


def test_what_is_left_out_is_said(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(["lenet5"], [], device="meta", field=False, form="json") == 0
    found = document(capsys)
    assert found["device"] == "meta"
    (field,) = [check for check in found["checks"] if check["name"] == "receptive field"]
    assert field["verdict"] == "not checked"
    assert field["unconfirmed"] == ["left out by --no-field"]


def test_no_time_for_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    import cnncalc
    from cnncalc.runtime.verify import verify as verified

    monkeypatch.setattr("cnncalc.runtime.verify.field.SECONDS", 0.0)
    field = verified(cnncalc.load("lenet5"), device="meta").checks[3]
    assert field.unconfirmed == ("all but 1 layer: 0 s were over",)


def test_no_gradient_before_a_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "step.yaml").write_text(STEP)
    assert verify([str(tmp_path / "step.yaml")], [], form="json") == 0
    (check,) = [each for each in document(capsys)["checks"] if each["name"] == "gradients"]
    assert check["compared"] == "2 parameters, 1 output"
    (why,) = check["unconfirmed"]
    assert why.startswith("2 parameters before a `step`")


def test_several_and_one_with_errors(
    spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.yaml").write_text("input: 4\nlayers: [rellu]\n")
    assert verify([spec, str(tmp_path / "bad.yaml"), spec], [], device="meta") == 1
    streams = capsys.readouterr()
    assert streams.out.endswith("\n2 networks, 2 equal\n")
    assert "did you mean `relu`" in streams.err


def test_a_large_network_runs_on_meta(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(["vgg11"], [], field=False) == 0
    assert "on meta: shapes, no numbers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"form": "csv"}, "text, json"),
        ({"device": "tpu"}, "cpu, meta, cuda"),
        ({"settings": ["width"]}, "NAME=VALUE"),
    ],
)
def test_wrong_usage(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        verify(**{"specs": ["lenet5"], "settings": [], **arguments})


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_cuda() -> None:
    with pytest.raises(UsageError, match="no CUDA device"):
        verify(["lenet5"], [], device="cuda")


@pytest.mark.cuda
def test_with_cuda(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(["resnet20"], [], device="cuda") == 0
    assert "on cuda" in capsys.readouterr().out


def test_without_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; sys.argv = ['cnncalc', 'verify', 'lenet5'];"
        "from cnncalc.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "cnncalc: verify needs torch: pip install 'cnncalc[torch]'\n"


# -- what differs ------------------------------------------------------------------------------

STRIDE = Deviation("stage.conv", "net.yaml:4", "output", "8x16x16", "8x8x8")
TOTAL = Deviation("", "net.yaml", "MACs, in total", "200", "50")


def verification(*findings: Deviation) -> Verification:
    checks = (
        Check("output shapes", "3 layers", "hooks", findings),
        Check("weights", "4 tensors", "state_dict"),
        Check("receptive field", "", "reach", (), ("left out by --no-field",)),
    )
    return Verification("net.yaml", "Net", "cpu", checks)


def test_differences_in_text() -> None:
    assert to_text(verification(STRIDE, TOTAL)).splitlines() == [
        "Net   net.yaml   on cpu",
        "check             compared    verdict       by",
        "output shapes     3 layers    differs (2)   hooks",
        "weights           4 tensors   equal         state_dict",
        "receptive field   nothing     not checked   reach",
        "",
        "differences",
        "layer        what             spec      network   where",
        "stage.conv   output           8x16x16   8x8x8     net.yaml:4",
        "network      MACs, in total   200       50        net.yaml",
        "",
        "not confirmed",
        "  receptive field: left out by --no-field",
        "",
        "Net: 3 checks, 1 equal, 1 differ, 1 not checked",
    ]


def test_many_differences_are_cut() -> None:
    text = to_text(verification(*[STRIDE] * 30))
    assert text.count("net.yaml:4") == 20
    assert "and 10 more of output shapes; --format json has all" in text


def test_differences_in_json() -> None:
    found = json.loads(to_json([verification(STRIDE)]))
    assert not found["sound"]
    assert found["checks"][0]["differences"] == [STRIDE._asdict()]


def test_summary_names_what_differs() -> None:
    both = [verification(), verification(STRIDE)]
    assert summary(both) == "2 networks, 1 equal; differs: net.yaml\n"


def test_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(
        "cnncalc.commands.verify.verifier", lambda *given: lambda graph: verification(STRIDE)
    )
    assert verify(["lenet5"], []) == 1
    assert "8x8x8" in capsys.readouterr().out
