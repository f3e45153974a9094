"""What other tools count: `explain --flops`, and `analyze --convention`."""

import json

import pytest

from cnncalc.analysis.conventions import NAMES
from cnncalc.numbers import rounded
from tests.commands.conftest import Run
from tests.counting.recorded import recorded

LENET = next(row for row in recorded() if row.network == "lenet5").counts


def test_explain_shows_the_totals_of_all(cnncalc: Run) -> None:
    run = cnncalc("explain", "lenet5", "--flops")
    assert run.returncode == 0
    totals = [line.split()[1:] for line in run.stdout.splitlines() if line.startswith("total")]
    shown = [int(number.replace(",", "")) for line in totals for number in line]
    assert {int(LENET[name]) for name in NAMES if name != "timm"} <= set(shown)
    assert len(shown) == len(NAMES) + 2  # ours, of each unit
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_no_digit_is_cut(cnncalc: Run) -> None:
    """Of totals with twelve digits."""
    run = cnncalc("explain", "fcn8s", "--flops")
    assert max(map(len, run.stdout.splitlines())) <= 80
    assert "..." not in run.stdout


def test_explain_as_json(cnncalc: Run) -> None:
    found = json.loads(cnncalc("explain", "lenet5", "--flops", "--format", "json").stdout)
    tools = {tool["convention"]: tool for tool in found["tools"]}
    assert list(tools) == list(NAMES)
    assert found["counts"]["MACs"] == {"total": 416_520, "by": {"conv": 416_520}}
    for name in tools.keys() - {"timm"}:
        assert tools[name]["total"] == sum(tools[name]["by"].values()) == int(LENET[name])
    for tool in tools.values():
        ours = found["counts"][tool["unit"]]["total"]
        assert ours + sum(tool["more"].values()) == tool["total"]


def test_a_tool_that_ends_with_an_error(cnncalc: Run) -> None:
    """calflops raises the factors of an upsampling, a tuple, to a power."""
    run = cnncalc("explain", "yolo11n", "--flops")
    assert "calflops 0.3.2 stops with an error at `above.upsample`" in run.stdout
    run = cnncalc("analyze", "yolo11n", "--convention", "calflops")
    said = "calflops 0.3.2 stops with an error at `above.upsample` of `specs/yolo/yolo11n.yaml`"
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"cnncalc: {said}\n")


def test_modules_that_are_found_at_several_places(cnncalc: Run) -> None:
    """The four layers of a region proposal network, on five maps; calflops would count them so,
    too, but stops."""
    run = cnncalc("explain", "faster_rcnn", "--flops")
    assert run.stdout.count("  20 layers with modules of others: anew at each place of these") == 2
    assert max(map(len, run.stdout.splitlines())) <= 80


@pytest.mark.parametrize("depth", ["1", "all"])
def test_analyze_adds_a_column(cnncalc: Run, depth: str) -> None:
    """Its lines add up to what the tool prints, however they are folded."""
    form = ("--format", "json", "--depth", depth)
    found = json.loads(cnncalc("analyze", "resnet18", "--convention", "thop", *form).stdout)
    row = next(row for row in recorded() if row.network == "resnet18")
    total = int(row.counts["thop"])
    assert sum(layer["counted"] for layer in found["layers"]) == total
    named = {"name": "thop", "version": row.versions["thop"], "unit": "MACs", "total": total}
    assert found["convention"].items() >= named.items()
    text = cnncalc("analyze", "resnet18", "--convention", "thop", "--depth", depth).stdout
    assert "thop MACs" in text
    assert f"thop MACs {total:,}: as thop {row.versions['thop']} counts" in " ".join(text.split())


@pytest.mark.parametrize("tool", ["thop", "deepspeed"])
def test_compare_adds_a_total(cnncalc: Run, tool: str) -> None:
    names = ("resnet18", "mobilenet_v2")
    wanted = {row.network: int(row.counts[tool]) for row in recorded() if row.network in names}
    asked = ("compare", *names, "--convention", tool)
    found = json.loads(cnncalc(*asked, "--format", "json").stdout)
    for spec, name in zip(found["comparisons"][0]["specs"], names, strict=True):
        assert spec["convention"]["name"] == tool
        assert spec["convention"]["total"] == wanted[name]
        assert sum(spec["convention"]["by"].values()) == wanted[name]
    unit = found["comparisons"][0]["specs"][0]["convention"]["unit"]
    one, other = (rounded(wanted[name]) for name in names)
    (line,) = [x for x in cnncalc(*asked).stdout.splitlines() if x.startswith(f"{tool} {unit}")]
    assert line.split()[2:4] + line.split()[4:6] == [*one.split(), *other.split()]
    alone = cnncalc(*asked, "--columns", "params", "--format", "markdown").stdout
    assert f"| {tool} {unit} | {one} | {other} |" in alone


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("analyze", "lenet5", "--convention", "fvcor"),
            "--convention knows no tool `fvcor`; did you mean `fvcore`?",
        ),
        (
            ("analyze", "lenet5", "--convention", "abacus"),
            f"--convention knows no tool `abacus`; there are {', '.join(NAMES)}",
        ),
        (
            ("compare", "lenet5", "alexnet", "--convention", "abacus"),
            f"--convention knows no tool `abacus`; there are {', '.join(NAMES)}",
        ),
        (
            ("compare", "lenet5", "yolo11n", "--convention", "calflops"),
            "calflops 0.3.2 stops with an error at `above.upsample` of `specs/yolo/yolo11n.yaml`",
        ),
        (
            ("explain", "conv", "--flops"),
            "--flops is of a network: `cnncalc explain SPEC --flops`",
        ),
        (
            ("explain", "lenet5", "C1", "--flops"),
            "--flops is of a network: `cnncalc explain SPEC --flops`",
        ),
        (
            ("explain", "lenet5", "--format", "json"),
            "--format json is of a layer, or of the counts of --flops",
        ),
    ],
)
def test_what_is_asked_wrongly(cnncalc: Run, arguments: tuple[str, ...], message: str) -> None:
    run = cnncalc(*arguments)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"cnncalc: {message}\n")
