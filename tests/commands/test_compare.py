"""`cnncalc compare`: totals side by side, differences, revisions of git, formats, exit codes."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.difference import layer_by_layer
from cnncalc.language.load import load
from cnncalc.report.comparison.comparison import side_by_side
from cnncalc.report.comparison.to_markdown import to_markdown
from tests.commands.conftest import ROOT, Run
from tests.docs.pages import blocks

REGENERATE = bool(os.environ.get("REGENERATE"))
GOLDEN = ROOT / "tests" / "fixtures" / "comparisons"
RESNET = "specs/resnet/resnet50.yaml"
INCEPTION = [f"specs/inception/inception_{name}.yaml" for name in ("naive", "bottleneck", "358m")]

SMALL = """\
name: small
input: 3x8x8
layers:
  - conv: {filters: 4, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "x")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Path:
    """A repository with ResNet-50, a network that extends it, and a small one."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "specs").mkdir()
    shutil.copy(ROOT / RESNET, tmp_path / "specs" / "resnet50.yaml")
    (tmp_path / "specs" / "shallow.yaml").write_text(
        "name: Shallow\nextends: resnet50.yaml\nargs: {depths: [1, 1, 1, 1]}\n"
    )
    (tmp_path / "small.yaml").write_text(SMALL)
    commit(tmp_path)
    return tmp_path


def total(text: str, name: str) -> list[str]:
    """The cells of a line of the totals."""
    line = next(line for line in text.splitlines() if line.startswith(f"{name} "))
    return re.split(r"\s{2,}", line)[1:]


class TestTotals:
    """Networks side by side."""

    MACS = (
        28 * 28 * (128 * 256 + 192 * 9 * 256 + 96 * 25 * 256),
        28 * 28 * (64 * 256 + 64 * 256 + 128 * 256 + 192 * 9 * 64 + 96 * 25 * 64 + 64 * 256),
        28 * 28 * (64 * 256 + 128 * 256 + 192 * 9 * 128 + 64 * 256 + 96 * 25 * 64 + 64 * 256),
    )

    def test_inception(self, cnncalc: Run) -> None:
        run = cnncalc("compare", *INCEPTION)
        first, *others = self.MACS
        shown = [f"{first / 1e6:.1f} M"]
        for macs in others:
            shown += [f"{macs / 1e6:.1f} M", f"x{macs / first:.3f}"]
        assert run.returncode == 0
        assert total(run.stdout, "MACs") == shown
        assert shown[0::2] == ["854.2 M", "x0.318", "x0.419"]
        assert shown[1::2] == ["271.4 M", "358.1 M"]
        assert total(run.stdout, "output") == ["672x28x28", "480x28x28", "416x28x28"]
        assert "MACs: multiply-accumulates of conv, linear and matrix products" in run.stdout

    def test_inception_as_json(self, cnncalc: Run) -> None:
        found = json.loads(cnncalc("compare", *INCEPTION, "--format", "json").stdout)
        specs = found["comparisons"][0]["specs"]
        assert [spec["spec"] for spec in specs] == INCEPTION
        assert [spec["totals"]["macs"] for spec in specs] == list(self.MACS)
        assert [spec["ratios"]["macs"] for spec in specs] == [m / self.MACS[0] for m in self.MACS]

    def test_two_show_the_difference(self, cnncalc: Run) -> None:
        text = cnncalc("compare", "vgg16", "vgg19").stdout
        # two more 3x3 convolutions of 512 on 512, one of 256 on 256
        more = 2 * (512 * 512 * 9 + 512) + 256 * 256 * 9 + 256
        assert total(text, "params")[2] == f"+{more:,}"

    def test_frozen_and_trainable_where_there_are_any(self, cnncalc: Run, tmp_path: Path) -> None:
        frozen = tmp_path / "other.yaml"
        frozen.write_text(SMALL.replace("- linear: 10", "- {linear: 10, freeze: true}"))
        (tmp_path / "small.yaml").write_text(SMALL)
        text = cnncalc("compare", str(tmp_path / "small.yaml"), str(frozen)).stdout
        assert total(text, "frozen")[:3] == ["0", str(5 * 10), "+50"]
        assert total(text, "trainable")[:2] == [str(4 * 28 + 50), str(4 * 28)]
        assert "\ntrainable " not in cnncalc("compare", *INCEPTION).stdout

    def test_many_stay_within_the_width(self, cnncalc: Run) -> None:
        names = ["alexnet", "vgg16", "googlenet", "resnet50", "densenet121", "mobilenet_v2"]
        text = cnncalc("compare", *names).stdout
        assert max(map(len, text.splitlines())) <= 100
        assert text.count("\nMACs  ") > 1
        assert all(name in text for name in names)

    def test_same_names_are_told_apart(self, cnncalc: Run, tmp_path: Path) -> None:
        for folder in ("old", "new"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "net.yaml").write_text(SMALL)
        paths = [str(tmp_path / folder / "net.yaml") for folder in ("old", "new")]
        text = cnncalc("compare", *paths, paths[0]).stdout
        assert [line.split()[0] for line in text.splitlines()[:3]] == [
            "old/net",
            "new/net",
            "old/net",
        ]
        assert "old/net (2)" in text

    def test_set_is_for_all(self, cnncalc: Run) -> None:
        text = cnncalc("compare", "resnet50", "resnet101", "--set", "classes=10").stdout
        assert total(text, "output")[:2] == ["10", "10"]

    def test_a_spec_beside_itself(self, cnncalc: Run) -> None:
        run = cnncalc("compare", "mobilenet_v2", "--vary", "width=0.5,1.0")
        assert run.stdout.splitlines()[0].startswith("width=0.5   MobileNet v2")
        assert re.search(r"params +1,968,680 +3,504,872 +\+1,536,192 +x1\.78", run.stdout)

    def test_beside_itself_in_two_ways(self, cnncalc: Run) -> None:
        given = ("--vary", "depths=[1, 1, 1, 1],[2, 2, 2, 2]", "--vary", "classes=10,1000")
        run = cnncalc("compare", "resnet18", *given, "--no-layers", "--format", "json")
        found = json.loads(run.stdout)["comparisons"][0]
        params = [one["totals"]["params"] for one in found["specs"]]
        assert params[3] == 11_689_512
        assert params[3] - params[2] == params[1] - params[0] == 990 * 513

    def test_standard_input(self, cnncalc: Run, tmp_path: Path) -> None:
        (tmp_path / "small.yaml").write_text(SMALL)
        text = cnncalc("compare", str(tmp_path / "small.yaml"), "-", stdin=SMALL).stdout
        assert "<stdin>" in text
        assert "layers: 4 the same" in text


class TestLayers:
    """When the layers are compared, and how they are shown."""

    def test_two_versions_of_one(self, cnncalc: Run) -> None:
        text = cnncalc("compare", "resnet50", "resnet50_v1").stdout
        assert "~  stage2.0.residual.conv_bn.conv and 2 more" in text
        assert "stride 1 -> 2" in text

    def test_not_of_strangers(self, cnncalc: Run) -> None:
        assert "layers:" not in cnncalc("compare", "resnet50", "vgg16").stdout

    def test_asked_for(self, cnncalc: Run) -> None:
        assert "layers: " in cnncalc("compare", "resnet50", "vgg16", "--layers").stdout
        text = cnncalc("compare", *INCEPTION, "--layers").stdout
        assert text.count("layers: ") == 2
        assert "Inception module, naive -> Inception module of 358M" in text

    def test_asked_not(self, cnncalc: Run) -> None:
        assert "layers:" not in cnncalc("compare", "resnet50", "resnet50_v1", "--no-layers").stdout

    def test_the_lines_add_up(self, cnncalc: Run) -> None:
        text = cnncalc("compare", *INCEPTION[:2]).stdout
        below = text.partition("layers: 3 added")[2]
        params = [int(n.replace(",", "")) for n in re.findall(r" ([+-][\d,]+)  ", below)]
        assert sum(params[:-1]) == params[-1]
        assert total(text, "params")[2] == f"{params[-1]:,}"

    def test_many_changes_are_counted(self, cnncalc: Run, tmp_path: Path) -> None:
        for kernel in (1, 3):
            layers = [
                f"  - conv: {{filters: {n}, kernel: {kernel}, padding: half}}" for n in range(1, 61)
            ]
            text = "\n".join(["input: 3x8x8", "layers:", *layers])
            (tmp_path / f"{kernel}.yaml").write_text(text)
        paths = [str(tmp_path / f"{kernel}.yaml") for kernel in (1, 3)]
        text = cnncalc("compare", *paths, "--layers").stdout
        assert text.count("~  conv") == 40
        assert "   20 more changes   +" in text


class TestGit:
    """A spec with what it was at a revision."""

    EDIT = "kernel: 3, stride: 1 if", "kernel: 5, stride: 1 if"

    def run(self, cnncalc: Run, repository: Path, *arguments: str) -> tuple[int, str, str]:
        run = cnncalc("compare", "--git", *arguments, folder=repository)
        return run.returncode, run.stdout, run.stderr

    def test_exactly_what_was_edited(self, cnncalc: Run, repository: Path) -> None:
        edit(repository / "specs/resnet50.yaml", *self.EDIT)
        code, text, _ = self.run(
            cnncalc, repository, "HEAD", "specs/resnet50.yaml", "--format", "json"
        )
        change, *rest = json.loads(text)["comparisons"][0]["differences"][0]["changes"]
        assert (code, rest) == (0, [])
        stages = {1: 3, 2: 4, 3: 6, 4: 3}
        paths = [
            f"stage{stage}.{block}.residual.conv_bn_2.conv"
            for stage, count in stages.items()
            for block in range(count)
        ]
        assert change["paths"] == {"before": paths, "after": paths}
        assert change["fields"] == [{"name": "kernel", "before": 3, "after": 5}]
        planes = {1: 64, 2: 128, 3: 256, 4: 512}
        more = sum(count * planes[stage] ** 2 * (25 - 9) for stage, count in stages.items())
        assert change["after"]["params"] - change["before"]["params"] == more

    def test_an_extended_file_comes_from_the_revision(self, cnncalc: Run, repository: Path) -> None:
        edit(repository / "specs/resnet50.yaml", *self.EDIT)
        _, text, _ = self.run(cnncalc, repository, "HEAD", "specs/shallow.yaml")
        assert "~  stage1.0.residual.conv_bn_2.conv and 3 more" in text

    @pytest.mark.parametrize("revision", ["HEAD~1", "v1", "main^", "main~1"])
    def test_forms_of_revisions(self, cnncalc: Run, repository: Path, revision: str) -> None:
        git(repository, "tag", "v1")
        edit(repository / "small.yaml", "filters: 4", "filters: 8")
        commit(repository)
        code, text, _ = self.run(cnncalc, repository, revision, "small.yaml")
        assert code == 0
        assert "filters 4 -> 8" in text
        assert revision in text

    def test_from_a_folder_within(self, cnncalc: Run, repository: Path) -> None:
        edit(repository / "specs/resnet50.yaml", *self.EDIT)
        _, text, _ = self.run(
            cnncalc, repository / "specs", "HEAD", "shallow.yaml", "../small.yaml"
        )
        assert "kernel 3 -> 5" in text
        assert "no number or layer changed since HEAD: ../small.yaml" in text

    def test_nothing_changed(self, cnncalc: Run, repository: Path) -> None:
        edit(repository / "small.yaml", "name: small", "about: Only words.\nname: small")
        for form in ("text", "markdown"):
            code, text, _ = self.run(cnncalc, repository, "HEAD", "small.yaml", "--format", form)
            assert code == 0
            assert text == "no number or layer changed since HEAD: small.yaml\n"

    def test_new_and_gone(self, cnncalc: Run, repository: Path) -> None:
        (repository / "small.yaml").rename(repository / "other.yaml")
        specs = ["other.yaml", "small.yaml"]
        code, text, _ = self.run(cnncalc, repository, "HEAD", *specs)
        assert code == 0
        assert "new: it is not there at HEAD" in text
        assert "HEAD:small.yaml" in text
        assert "gone: it is there at HEAD only" in text
        _, text, _ = self.run(cnncalc, repository, "HEAD", *specs, "--format", "json")
        assert [one["state"] for one in json.loads(text)["comparisons"]] == ["new", "gone"]

    def test_a_folder_that_is_gone(self, cnncalc: Run, repository: Path) -> None:
        shutil.rmtree(repository / "specs")
        _, text, _ = self.run(cnncalc, repository, "HEAD", "specs/shallow.yaml")
        assert "gone: it is there at HEAD only" in text

    def test_neither_now_nor_then(self, cnncalc: Run, repository: Path) -> None:
        code, text, errors = self.run(cnncalc, repository, "HEAD", "nothing.yaml")
        assert (code, text) == (1, "")
        assert "nothing.yaml:1:1: CNN107" in errors

    def test_a_fault_of_then_is_named_so(self, cnncalc: Run, repository: Path) -> None:
        edit(repository / "small.yaml", "- relu", "- rleu")
        commit(repository)
        edit(repository / "small.yaml", "- rleu", "- relu")
        code, text, errors = self.run(
            cnncalc, repository, "HEAD", "small.yaml", "specs/shallow.yaml"
        )
        assert code == 1
        assert "HEAD:small.yaml:5:5: CNN201" in errors
        assert "specs/shallow.yaml" in text  # what is sound is still said

    def test_a_base_that_was_not_there(self, cnncalc: Run, repository: Path) -> None:
        git(repository, "rm", "--quiet", "--cached", "specs/resnet50.yaml")
        git(repository, "commit", "--quiet", "--message", "x")
        code, _, errors = self.run(cnncalc, repository, "HEAD", "specs/shallow.yaml")
        assert code == 1
        assert "HEAD:specs/shallow.yaml:2:10: CNN107 `HEAD:specs/resnet50.yaml` cannot be" in errors

    def test_a_linked_file(self, cnncalc: Run, repository: Path) -> None:
        (repository / "link.yaml").symlink_to("small.yaml")
        commit(repository)
        edit(repository / "small.yaml", "filters: 4", "filters: 8")
        _, text, _ = self.run(cnncalc, repository, "HEAD", "link.yaml")
        assert "filters 4 -> 8" in text

    def test_in_a_hook(self, cnncalc: Run, repository: Path) -> None:
        """git sets GIT_DIR for a hook, which would make it look in the wrong place."""
        edit(repository / "small.yaml", "filters: 4", "filters: 8")
        arguments = ("compare", "--git", "HEAD", "small.yaml")
        run = cnncalc(*arguments, folder=repository, GIT_DIR=".git", GIT_WORK_TREE="specs")
        assert "filters 4 -> 8" in run.stdout

    def test_unknown_revision(self, cnncalc: Run, repository: Path) -> None:
        code, _, errors = self.run(cnncalc, repository, "nope", "small.yaml")
        assert (code, errors) == (2, "cnncalc: git knows no revision `nope`\n")

    def test_a_shallow_clone_says_so(self, cnncalc: Run, repository: Path, tmp_path: Path) -> None:
        commit(repository)
        git(tmp_path, "clone", "--quiet", "--depth", "1", repository.as_uri(), "shallow")
        code, _, errors = self.run(cnncalc, tmp_path / "shallow", "HEAD~1", "small.yaml")
        assert code == 2
        assert "this clone is shallow: `git fetch --unshallow` brings the rest" in errors

    def test_no_repository(self, cnncalc: Run, tmp_path: Path) -> None:
        (tmp_path / "small.yaml").write_text(SMALL)
        environment = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
        run = cnncalc("compare", "--git", "HEAD", "small.yaml", folder=tmp_path, **environment)
        assert run.returncode == 2
        assert run.stderr == "cnncalc: `small.yaml` is not in a git repository\n"

    def test_no_git(self, cnncalc: Run, repository: Path) -> None:
        run = cnncalc("compare", "--git", "HEAD", "small.yaml", folder=repository, PATH="")
        assert run.returncode == 2
        assert run.stderr == "cnncalc: `git` is not installed, or not on the PATH\n"


class TestFormats:
    """What others read: golden files, and the fields of the contract."""

    @pytest.mark.parametrize("form", ["markdown", "json", "text"])
    def test_golden(self, cnncalc: Run, repository: Path, form: str) -> None:
        edit(repository / "specs/resnet50.yaml", *TestGit.EDIT)
        edit(
            repository / "small.yaml", "  - relu\n", "  - batch_norm\n  - gelu\n  - dropout: 0.5\n"
        )
        specs = ["small.yaml", "specs/resnet50.yaml"]
        if form == "json":
            specs = specs[:1]
        run = cnncalc("compare", "--git", "HEAD", *specs, "--format", form, folder=repository)
        golden = GOLDEN / {"markdown": "git.md", "json": "git.json", "text": "git.txt"}[form]
        if REGENERATE:
            golden.write_text(run.stdout)
        assert run.stdout == golden.read_text()

    def test_markdown_tables_are_whole(self, cnncalc: Run) -> None:
        text = cnncalc("compare", *INCEPTION, "--layers", "--format", "markdown").stdout
        for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
            assert len({line.count("|") for line in table.splitlines()}) == 1
        each = 2  # its layers, and its picture
        assert text.count("<details>") == text.count("</details>") == 2 * each

    def test_pictures_in_markdown(self, cnncalc: Run) -> None:
        """What is new is in the later picture, what is gone in the earlier one."""
        naive, bottleneck, _ = INCEPTION
        for specs, key, look in (
            ((naive, bottleneck), "picture of inception_bottleneck: + added", "added"),
            ((bottleneck, naive), "picture of inception_bottleneck: - removed", "removed"),
        ):
            text = cnncalc("compare", *specs, "--layers", "--format", "markdown").stdout
            assert re.findall("picture of [^<]*", text) == [key]
            sign = {"added": "43", "removed": "45"}[look]
            assert text.count(f'["#{sign}; conv 1x1, 64<br/>64x28x28"]:::{look}') == 3

    def test_pictures_leave_room_in_a_comment(self) -> None:
        """GitHub takes 65,536 characters."""
        pair = analyze(load("resnet50")), analyze(load("se_resnet50"))
        comparison = side_by_side(pair, layer_by_layer(pair, True))
        text = to_markdown([comparison] * 20)
        assert len(text) < 65_536
        drawn = text.count("```mermaid")
        assert drawn > 5
        assert f"Pictures left out, as a comment has no room for them: {20 - drawn}." in text

    def test_markdown_means_nothing_else(self, cnncalc: Run) -> None:
        spec = SMALL.replace("name: small", "name: 'a|b <i> @octocat *c* #77 _d_'")
        run = cnncalc("compare", RESNET, "-", "--format", "markdown", stdin=spec)
        assert not re.search(r"a\|b|<i>|@octocat|\*c|#77|_d_|<stdin>", run.stdout)
        assert "a&#124;b" in run.stdout

    def test_json_of_several(self, cnncalc: Run) -> None:
        text = cnncalc("compare", *INCEPTION, "--layers", "--format", "json").stdout
        found = json.loads(text)
        assert found["revision"] is None
        (comparison,) = found["comparisons"]
        assert comparison["state"] == "compared"
        pairs = [(one["before"], one["after"]) for one in comparison["differences"]]
        assert pairs == [(0, 1), (0, 2)]


class TestTerminal:
    """On a terminal there is colour, and lines are no wider than it is."""

    def run(self, **environment: str) -> str:
        screen, terminal = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "cnncalc", "compare", "resnet50", "resnet101"],
            cwd=ROOT,
            stdout=terminal,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
        ) as process:
            os.close(terminal)
            output = b""
            while chunk := TestTerminal.read(screen):
                output += chunk
            os.close(screen)
        assert process.returncode == 0
        return output.decode()

    @staticmethod
    def read(screen: int) -> bytes:
        try:
            return os.read(screen, 65536)
        except OSError:  # Linux says so when the other end is closed
            return b""

    def test_colour(self) -> None:
        block = 1024 * 256 + 256 * 256 * 9 + 256 * 1024 + 2 * (256 + 256 + 1024)
        line = rf"\x1b\[32m\+  stage3\.6 and 16 more +\+{17 * block:,} +\+3\.712 G\x1b\[0m\r\n"
        assert re.search(line, self.run())

    def test_no_color(self) -> None:
        assert "\x1b[32m" not in self.run(NO_COLOR="1")


class TestStartUp:
    """Two specs are compared without what only git or another format needs."""

    HEAVY = ("torch", "numpy", "rich", "json", "cnncalc.language.text.revision")

    def test_modules(self) -> None:
        code = (
            "import sys\n"
            "sys.argv = ['cnncalc', 'compare', 'resnet50', 'resnet101']\n"
            "from cnncalc.cli import main\n"
            "try: main()\n"
            "except SystemExit as leaving: assert leaving.code == 0\n"
            "print('\\nLOADED', *sys.modules)\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        loaded = set(run.stdout.rpartition("\nLOADED ")[2].split())
        assert "cnncalc.analysis.difference" in loaded
        assert loaded.isdisjoint(self.HEAVY)


class TestErrors:
    """Exit codes and messages."""

    def test_unsound_spec(self, cnncalc: Run) -> None:
        run = cnncalc("compare", "lenet5", "-", stdin="input: 3\nlayers: [{linaer: 2}]\n")
        assert (run.returncode, run.stdout) == (1, "")
        assert "did you mean `linear`?" in run.stderr

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["lenet5"], "compare wants two specs or more; `cnncalc compare A B`"),
            (["lenet5", "vgg16", "--format", "csv"], "--format wants one of text, markdown, json"),
            (["-", "-"], "`-` reads standard input, and can be read once"),
            (["-", "--git", "HEAD"], "`-` has no earlier version"),
            (["lenet5", "vgg16", "--set", "x"], "--set wants NAME=VALUE, got `x`"),
            (["lenet5", "vgg16", "--vary", "x=1,2"], "--vary compares one spec with itself"),
            (["-", "--vary", "x=1,2"], "`-` reads standard input, and can be read once"),
            (["vgg16", "--vary", "classes=1"], "--vary wants two values or more"),
            (["vgg16", "--vary", "classes=1,"], "--vary wants NAME=VALUE,VALUE, got `classes=1,`"),
            (["vgg16", "--vary", "classes"], "--vary wants NAME=VALUE, got `classes`"),
            (["vgg16", "--vary", "classes=1,2", "--git", "HEAD"], "--vary compares one spec"),
            (["lenet5", "--git", "--help"], "git knows no revision `--help`"),
        ],
    )
    def test_wrong_usage(self, cnncalc: Run, arguments: list[str], message: str) -> None:
        run = cnncalc("compare", *arguments)
        assert (run.returncode, run.stdout) == (2, "")
        assert message in run.stderr


def test_the_page_shows_what_is_printed(cnncalc: Run, repository: Path) -> None:
    """The example with a repository, which the page cannot run."""
    edit(repository / "specs/resnet50.yaml", *TestGit.EDIT)
    run = cnncalc("compare", "--git", "HEAD", "specs/resnet50.yaml", folder=repository)
    page = ROOT / "docs" / "compare.md"
    assert run.stdout in [block.text for block in blocks(page, "text")]
