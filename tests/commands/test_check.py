"""`cnncalc check`: what is checked, what is found, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cnncalc.checking.checker import Checker
from cnncalc.checking.findings import Findings
from cnncalc.checking.policy import Policy
from cnncalc.report.findings.to_concise import to_concise
from tests.commands.conftest import ROOT, Run

SOUND = "name: A\ninput: 3x8x8\nlayers:\n  - conv: {filters: 2, kernel: 3}\n"
PARAMS = 2 * 3 * 3 * 3 + 2
UNMET = f"{SOUND}expect: {{params: {PARAMS + 1}}}\n"
BROKEN = "input: 3x8x8\nlayers:\n  - conv: {filters: 2, kernel: 3, strid: 2}\n"
LIBRARY = "blocks:\n  a:\n    args: {n: }\n    layers: [{conv: {filters: n, kernel: 3}}]\n"
WORKFLOW = "on: [push]\njobs: {}\n"

Write = Callable[[Mapping[str, str]], None]
Found = list[tuple[str, str]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Files in the working folder, which is a new one."""
    monkeypatch.chdir(tmp_path)

    def files(texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return files


def check(*paths: str, policy: Policy = Policy(), strict: bool = False, **args: str) -> Findings:  # noqa: B008
    checker = Checker(args, policy)
    for path in paths:
        checker.check(path)
    return checker.findings(strict)


def found(findings: Findings) -> Found:
    """File and code of each finding but design advice, which is tested by itself."""
    told = [(one.span.source.name, one.code) for _, one in findings.each()]
    return [(name, code) for name, code in told if not code.startswith("CNN9")]


# -- what is checked ------------------------------------------------------------------------


def test_folders_are_walked(write: Write) -> None:
    passed = (".git", ".venv", "node_modules", "a/__pycache__", "env/lib")
    write(
        {
            "b.yml": SOUND,
            "a/c.yaml": SOUND,
            "a/d.yaml.txt": BROKEN,
            "a/d.json": BROKEN,
            "a/ci.yaml": WORKFLOW,
            "env/pyvenv.cfg": "",
            **{f"{folder}/x.yaml": BROKEN for folder in passed},
        }
    )
    findings = check(".")
    assert [one.path for one in findings.checked] == ["b.yml", "a/c.yaml"]
    assert (findings.named, findings.others) == ((), 1)


def test_a_hidden_folder_is_walked_where_it_is_named(write: Write) -> None:
    write({".models/a.yaml": SOUND})
    assert [one.path for one in check(".models").checked] == [".models/a.yaml"]


def test_links_that_lead_nowhere_or_round_are_passed_over(write: Write, tmp_path: Path) -> None:
    write({"a.yaml": SOUND})
    (tmp_path / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    assert [one.path for one in check(".").checked] == ["a.yaml"]


def test_a_file_is_checked_once(write: Write) -> None:
    write({"a.yaml": SOUND, "ci.yml": WORKFLOW})
    findings = check("a.yaml", ".", "./a.yaml", "ci.yml")
    assert [one.path for one in findings.checked] == ["a.yaml"]
    assert (findings.named, findings.others) == ((), 1)


def test_what_is_no_spec_is_named_where_it_was_asked_for(write: Write) -> None:
    write({"a.yaml": SOUND, "ci.yml": WORKFLOW, "mkdocs.yml": "site_name: x\nnav: []\n"})
    findings = check("a.yaml", "ci.yml", "mkdocs.yml")
    assert (findings.named, findings.others) == (("ci.yml", "mkdocs.yml"), 0)
    assert findings.sound


WIDE = """input: 3x32x32
layers:
  - conv: {filters: 8, kernel: 3, padding: half}
  - relu
  - flatten
  - {name: wide, linear: 4096}
  - relu
  - linear: 10
"""


def test_a_finding_in_a_base_leads_back_to_the_spec(write: Write) -> None:
    """Of each network the layer holds another share of the parameters, and is one finding."""
    head = "extends: ../bases/wide.yaml\ninput: "
    write(
        {
            "cnncalc.toml": "",
            "bases/wide.yaml": WIDE,
            "nets/large.yaml": f"{head}3x64x64\n",
            "nets/small.yaml": f"{head}3x16x16\n",
        }
    )
    findings = check(".", policy=Policy(select=("CNN907",)))
    behind = [line.partition("weights")[2] for line in to_concise(findings).splitlines()]
    assert behind == ["", " (in nets/large.yaml)", " (in nets/small.yaml)"]
    notes = [[note.message for note in one.notes] for _, one in findings.each()]
    assert notes == [[], ["in nets/large.yaml"], ["in nets/small.yaml"]]


def test_a_missing_file(write: Write) -> None:
    assert found(check("nope.yaml")) == [("nope.yaml", "CNN107")]


def test_a_network_of_the_zoo(write: Write) -> None:
    (checked,) = check("resnet18").checked
    assert checked.path.endswith("resnet18.yaml")
    assert checked.found == ()


def test_a_library(write: Write) -> None:
    write({"blocks.yaml": LIBRARY, "worse.yaml": LIBRARY.replace("kernel", "kernl")})
    findings = check(".")
    assert [one.sort for one in findings.checked] == ["library", "library"]
    assert found(findings) == [("worse.yaml", "CNN202")]


UNREADABLE = {
    "a spec in another encoding": ("name: größer\n" + SOUND).encode("latin-1"),
    "a spec that is too long": SOUND.encode() + b"#" * (8 * 2**20),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE)
def test_a_spec_that_is_no_text(data: bytes, write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(data)
    (told,) = found(check("."))
    assert told[1] in ("CNN106", "CNN107")


def test_other_files_that_are_no_text(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: \xff\n")
    (tmp_path / "b.yaml").write_bytes(b"a: 1\n" * 2**21)
    findings = check(".")
    assert findings.sound
    assert findings.others == 2


# -- what is found --------------------------------------------------------------------------


def test_expect(write: Write) -> None:
    write({"a.yaml": UNMET})
    assert found(check("a.yaml")) == [("a.yaml", "CNN602")]


def test_expect_holds_for_the_default_arguments(write: Write) -> None:
    write({"a.yaml": f"args: {{n: 2}}\n{UNMET}"})
    findings = check("a.yaml", n="3")
    assert findings.sound
    assert not findings.compared
    assert check("a.yaml").compared


def test_what_a_base_has_is_told_once(write: Write) -> None:
    paths = {"b": "base.yaml", "c": "base.yaml", "nets/d": "../base.yaml"}
    members = {f"{name}.yaml": f"extends: {path}\nname: x\n" for name, path in paths.items()}
    write({"cnncalc.toml": "", "base.yaml": BROKEN, **members})
    findings = check(".")
    assert found(findings) == [("base.yaml", "CNN202")]
    assert [findings.failed(one) for one in findings.checked] == [True] * 4


# -- settings -------------------------------------------------------------------------------


def test_budgets_are_the_nearest_settings(write: Write) -> None:
    write(
        {
            "cnncalc.toml": f"max_params = {PARAMS - 1}\n",
            "a.yaml": SOUND,
            "b/pyproject.toml": f"[tool.cnncalc]\nmax_params = {PARAMS}\n",
            "b/c/d.yaml": SOUND,
        }
    )
    assert found(check(".")) == [("a.yaml", "CNN605")]
    assert found(check("b/c/d.yaml")) == []


def test_settings_here_hold_for_the_zoo(write: Write) -> None:
    write({"cnncalc.toml": "max_params = 3\n"})
    assert [code for _, code in found(check("resnet18"))] == ["CNN605"]


def test_each_budget_is_told(write: Write) -> None:
    write({"cnncalc.toml": "max_params = 3\nmax_macs = 3\n", "a.yaml": SOUND})
    assert found(check("a.yaml")) == [("a.yaml", "CNN605"), ("a.yaml", "CNN605")]


def test_wrong_settings_are_told_once_and_fail(write: Write) -> None:
    write({"cnncalc.toml": "max_parms = 3\n", "a.yaml": SOUND, "b/c.yaml": SOUND})
    findings = check(".")
    assert found(findings) == [("cnncalc.toml", "CNN702")]
    assert not findings.sound


SEVERITIES = {
    "error": ("error", False, False),
    "warning": ("warning", False, True),
    "a warning, strictly": ("warning", True, False),
    "a note, strictly": ("note", True, True),
}


@pytest.mark.parametrize(("grade", "strict", "sound"), SEVERITIES.values(), ids=SEVERITIES)
def test_severity(grade: str, strict: bool, sound: bool, write: Write) -> None:
    write({"cnncalc.toml": f'severity = {{CNN602 = "{grade}"}}\n', "a.yaml": UNMET})
    findings = check("a.yaml", strict=strict)
    assert [one.severity for _, one in findings.each() if one.code == "CNN602"] == [grade]
    assert findings.sound == sound


POLICIES = {
    "nothing given": ("", Policy(), ["CNN602"]),
    "ignored in the settings": ('ignore = ["CNN602"]', Policy(), []),
    "ignored here": ("", Policy(ignore=("CNN6",)), []),
    "both": ('ignore = ["CNN605"]', Policy(ignore=("CNN602",)), []),
    "another selected in the settings": ('select = ["CNN605"]', Policy(), []),
    "selected here all the same": ('select = ["CNN605"]', Policy(select=("CNN602",)), ["CNN602"]),
    "ignored there, selected here": (
        'ignore = ["CNN602"]',
        Policy(select=("CNN602",)),
        ["CNN602"],
    ),
    "off there, selected here": ('severity = {CNN602 = "off"}', Policy(select=("CNN602",)), []),
}


@pytest.mark.parametrize(("settings", "policy", "codes"), POLICIES.values(), ids=POLICIES)
def test_policy(settings: str, policy: Policy, codes: list[str], write: Write) -> None:
    write({"cnncalc.toml": settings, "a.yaml": UNMET})
    assert [code for _, code in found(check("a.yaml", policy=policy))] == codes


# -- comments -------------------------------------------------------------------------------

EXPECT = f"expect:\n  params: {PARAMS + 1} # cnncalc: ignore{{}}\n"


@pytest.mark.parametrize("codes", ["[CNN602]", "[CNN603, CNN602]", "[CNN6]", ""])
def test_a_comment_ignores(codes: str, write: Write) -> None:
    write({"a.yaml": SOUND + EXPECT.format(codes)})
    assert found(check("a.yaml")) == []


def test_a_comment_for_another_code(write: Write) -> None:
    write({"a.yaml": SOUND + EXPECT.format("[CNN605]")})
    assert found(check("a.yaml")) == [("a.yaml", "CNN602"), ("a.yaml", "CNN801")]


def test_a_budget_is_ignored_at_the_name(write: Write) -> None:
    text = SOUND.replace("A", "A # cnncalc: ignore[CNN605] the teacher")
    write({"cnncalc.toml": "max_params = 3\n", "a.yaml": text})
    assert found(check("a.yaml")) == []


def test_the_language_is_not_ignored(write: Write) -> None:
    write({"a.yaml": BROKEN.rstrip() + " # cnncalc: ignore[CNN202]\n"})
    assert found(check("a.yaml")) == [("a.yaml", "CNN202"), ("a.yaml", "CNN802")]
    write({"a.yaml": BROKEN.rstrip() + " # cnncalc: ignore\n"})
    assert found(check("a.yaml")) == [("a.yaml", "CNN202")]


def test_a_comment_that_ignores_nothing_is_a_warning(write: Write) -> None:
    write({"a.yaml": SOUND.rstrip() + " # cnncalc: ignore\n"})
    findings = check("a.yaml")
    assert found(findings) == [("a.yaml", "CNN801")]
    assert findings.sound
    assert not check("a.yaml", strict=True).sound


def test_what_is_not_reported_is_there_to_be_ignored(write: Write) -> None:
    write({"a.yaml": SOUND + EXPECT.format("[CNN602]")})
    assert found(check("a.yaml", policy=Policy(ignore=("CNN602",)))) == []


def test_comments_are_not_judged_where_not_all_is_compared(write: Write) -> None:
    write({"a.yaml": "args: {n: 2}\n" + SOUND + EXPECT.format("[CNN602]")})
    assert found(check("a.yaml", n="3")) == []


def test_a_comment_of_a_library_is_not_judged(write: Write) -> None:
    write({"a.yaml": LIBRARY.rstrip() + " # cnncalc: ignore[CNN605]\n"})
    assert found(check("a.yaml")) == []


# -- the command ----------------------------------------------------------------------------

EXITS: dict[str, tuple[tuple[str, ...], int]] = {
    "sound": (("specs/lenet",), 0),
    "problems": (("tests/fixtures/project/broken.yml",), 1),
    "a missing file": (("nope.yaml",), 1),
    "advice": (("tests/fixtures/diagnostics/CNN801.yaml",), 0),
    "advice, strictly": (("--strict", "tests/fixtures/diagnostics/CNN801.yaml"), 1),
    "no such format": (("resnet50", "--format", "sarfi"), 2),
    "no such code": (("resnet50", "--select", "CNN666"), 2),
    "a code that cannot be ignored": (("resnet50", "--ignore", "CNN202"), 2),
    "no code": (("resnet50", "--ignore", ","), 2),
    "a setting without a value": (("resnet50", "--set", "classes"), 2),
}


@pytest.mark.parametrize(("arguments", "code"), EXITS.values(), ids=EXITS)
def test_exit_codes(arguments: tuple[str, ...], code: int, cnncalc: Run) -> None:
    run = cnncalc("check", *arguments)
    assert run.returncode == code, run.stderr
    assert bool(run.stderr) == (code == 2)
    assert "Traceback" not in run.stderr


def test_without_a_path_it_is_this_folder(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    from cnncalc.cli.full import application

    write({"a.yaml": SOUND, "deeper/b.yaml": UNMET, "ci.yml": WORKFLOW})
    assert application()(["check", "--format", "concise"], standalone_mode=False) == 1
    assert capsys.readouterr().out.startswith(f"{Path('deeper', 'b.yaml')}:5:18: CNN602")


def test_standard_input(cnncalc: Run) -> None:
    run = cnncalc("check", "-", "--format", "concise", stdin=UNMET)
    assert run.stdout == (
        f"<stdin>:5:18: CNN602 `params` is {PARAMS}, expected {PARAMS + 1}: 1 less\n"
    )


def test_formats_are_named(cnncalc: Run) -> None:
    run = cnncalc("check", "resnet50", "--format", "sarfi")
    assert "did you mean `sarif`?" in run.stderr


@pytest.mark.parametrize("form", ["json", "gitlab", "sarif"])
def test_documents_whatever_is_found(form: str, cnncalc: Run) -> None:
    for path in ("specs/lenet", "tests/fixtures/project"):
        json.loads(cnncalc("check", path, "--format", form).stdout)


def test_the_zoo_is_sound(cnncalc: Run) -> None:
    run = cnncalc("check", "specs", "--select", "CNN6,CNN8", "--strict")
    assert run.returncode == 0, run.stdout


def test_what_a_check_loads() -> None:
    command = (
        "import sys; sys.argv[1:] = ['check', 'resnet18'];"
        "from cnncalc import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.splitlines()[-1].split())
    assert "cnncalc.checking.checker" in loaded
    assert not loaded & {"torch", "numpy", "rich", "json", "tomllib", "cnncalc.codes"}
