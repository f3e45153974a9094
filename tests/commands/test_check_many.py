"""`cnncalc check` of many files: by several processes, and with what earlier runs have found, it
says what one process says that knows nothing."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from cnncalc.checking.ahead import FEW, look_ahead
from cnncalc.checking.checker import Checker
from cnncalc.checking.policy import Policy
from cnncalc.commands.formats import CHECK
from cnncalc.network.graph import Graph
from tests.commands.conftest import ROOT
from tests.inside import inside

BODY = "input: 3x8x8\nlayers:\n  - conv: {filters: 2, kernel: 3}\n"
FILES = {
    **{f"plain/{number}.yaml": f"name: N{number}\n{BODY}" for number in range(FEW)},
    "base.yaml": f"args: {{width: 2}}\n{BODY.replace('filters: 2', 'filters: width')}"
    "  - flatten   # cnncalc: ignore[CNN908]\n  - linear: 100000\n",
    "narrow.yaml": "extends: base.yaml\nargs: {width: 4}\n",
    "narrower.yaml": "extends: narrow.yaml\nexpect: {params: 1}  # cnncalc: ignore[CNN605]\n",
    "ours.yaml": "blocks:\n  conv_bn:\n    args: {n: }\n    layers: [{conv: {filters: n}}]\n",
    "calls.yaml": f"include: blocks/inception.yaml\n{BODY}  - conv_bn: 4\n",
    "strict/twice.yaml": f"include: [../ours.yaml, ../strict/../ours.yaml]\n{BODY}",
    "plain/twice.yaml": f"include: [../ours.yaml, ../strict/../ours.yaml]\n{BODY}",
    "round.yaml": "extends: plain/../round.yaml\n",
    "absent.yaml": f"include: nowhere.yaml\n{BODY}",
    "broken.yaml": f"{BODY}  - relu: {{slop: é}}\n",
    "workflow.yaml": "on: [push]\njobs: {}\n",
    "strict/tight.yaml": BODY,
    "strict/cnncalc.toml": "max_params = 10\nignore = ['CNN908']\nmax_nothing = 3\n",
    "cnncalc.toml": "max_params = 500_000\nseverity = {CNN907 = 'error'}\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files, and a folder of caches of its own."""
    folder = tmp_path / "project"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return folder


def said(project: Path, *options: str) -> tuple[int, str]:
    done = inside("check", ".", *options, folder=project)
    assert not done.stderr
    return done.returncode, done.stdout


def fresh(project: Path, *options: str) -> tuple[int, str]:
    return said(project, "--no-cache", "--jobs", "1", *options)


def by_process(project: Path, *options: str) -> tuple[int, str]:
    """In a process of its own: it can be copied, as this one cannot once it has threads."""
    command = [sys.executable, "-m", "cnncalc", "check", ".", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert not done.stderr
    return done.returncode, done.stdout


def refuse(*_: object) -> None:
    raise AssertionError("examined again")


# -- the same, whoever says it --------------------------------------------------------------


def test_what_is_recalled_is_said_alike_in_every_format(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = {form.name: fresh(project, "--format", form.name) for form in CHECK}
    assert said(project, "--format", "json") == alone["json"]
    monkeypatch.setattr(Checker, "read", refuse)
    for form in CHECK:
        assert said(project, "--format", form.name) == alone[form.name]


@pytest.mark.parametrize(
    "options",
    [
        ("--strict", "--select", "CNN6"),
        ("--ignore", "CNN9", "--set", "width=3"),
        ("--input", "3x9x9", "broken.yaml", "./broken.yaml"),
    ],
)
def test_options_are_not_mixed_up(project: Path, options: tuple[str, ...]) -> None:
    said(project)
    alone = fresh(project, *options)
    assert said(project, *options) == alone == said(project, *options)
    assert said(project) == fresh(project)


def test_several_processes(project: Path) -> None:
    for options in (("--format", "json"), ("--set", "width=3")):
        alone = fresh(project, *options)
        assert by_process(project, "--jobs", "3", "--no-cache", *options) == alone
        assert by_process(project, "--jobs", "2", *options) == alone == said(project, *options)


WORK = """
    import os, signal, time
    from cnncalc.checking.workers import shared

    first = os.getpid()

    def work(name):
        time.sleep(0.01)
        if name == "deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "wrong":
            raise ValueError
        return os.getpid()

    names = [str(number) for number in range(40)]
    done = shared(work, names, 3)
    assert list(sorted(done)) == sorted(names) and len({*done.values()} - {first}) == 3, done
    for fault in ("deadly", "wrong"):
        left = shared(work, [*names, fault], 3)
        assert fault not in left and 0 < len(left) < 41
    assert shared(work, names, 1) == {}
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        print("nobody left")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be copied here")
def test_a_process_that_dies_takes_only_its_own_along() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WORK)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "nobody left\n", done.stderr


def test_without_forking_one_does_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert said(project, "--jobs", "3", "--no-cache") == fresh(project)


def test_a_number_of_processes(project: Path) -> None:
    done = inside("check", ".", "--jobs", "0", folder=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--jobs wants a number from 1 on, got 0" in done.stderr


# -- what is noticed ------------------------------------------------------------------------


def link(path: Path, target: str) -> None:
    path.unlink()
    path.symlink_to(target)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a spec": lambda at: (at / "plain/0.yaml").write_text(f"{BODY}  - relo\n"),
    "a spec that could not be read": lambda at: (
        (at / "plain/0.yaml").write_bytes(BODY.encode() + b"\xff"),
        said(at),
        (at / "plain/0.yaml").write_text(f"{BODY}  - relo\n"),
    ),
    "a spec is none": lambda at: (at / "plain/0.yaml").write_text("on: [push]\n"),
    "a file is a spec": lambda at: (at / "workflow.yaml").write_text(f"{BODY}  - relo\n"),
    "a base's base": lambda at: (at / "base.yaml").write_text(FILES["base.yaml"][:-3]),
    "a comment in a base": lambda at: (at / "base.yaml").write_text(
        FILES["base.yaml"].replace("# cnncalc: ignore[CNN908]", "")
    ),
    "a base is gone": lambda at: (at / "base.yaml").unlink(),
    "a file that was missed": lambda at: (at / "nowhere.yaml").write_text(FILES["ours.yaml"]),
    "a file before one of the zoo": lambda at: (
        (at / "blocks").mkdir(),
        (at / "ours.yaml").rename(at / "blocks/inception.yaml"),
    ),
    "a link in place of a base": lambda at: link(at / "base.yaml", "plain/0.yaml"),
    "a link that leads out": lambda at: (
        (at.parent / "out.yaml").write_text(FILES["base.yaml"]),
        link(at / "base.yaml", "../out.yaml"),
    ),
    "settings": lambda at: (at / "cnncalc.toml").write_text("max_params = 20\n"),
    "settings are gone": lambda at: (at / "cnncalc.toml").unlink(),
    "nearer settings": lambda at: (at / "plain/cnncalc.toml").write_text("max_params = 1\n"),
    "nearer settings in pyproject": lambda at: (at / "plain/pyproject.toml").write_text(
        "[tool.cnncalc]\nmax_params = 1\n"
    ),
    "a base that could not be read": lambda at: (
        (at / "base.yaml").write_bytes(b"\xff"),
        said(at),
        (at / "base.yaml").write_text(BODY),
    ),
    "the project's edge": lambda at: (
        (at / "plain/0.yaml").write_text("extends: ../base.yaml\n"),
        said(at),
        (at / "plain/.git").mkdir(),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_noticed(project: Path, change: Callable[[Path], object]) -> None:
    before = said(project)
    change(project)
    after = said(project)
    assert after == fresh(project) != before
    assert said(project) == after


def test_another_cnncalc_trusts_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.checking import remembered

    before = said(project)
    for stamp in ("another", ""):
        with monkeypatch.context() as patch:
            patch.setattr(remembered, "_stamp", lambda stamp=stamp: stamp)
            patch.setattr(Checker, "judged", lambda *_: iter(()))
            assert said(project) == fresh(project) != before


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-1],
        lambda text: text.replace("CNN908", "CNN909"),
        lambda text: text.replace("\n", "", 1),
        lambda text: "",
        lambda text: "é" * 9,
    ],
)
def test_a_damaged_file_is_as_none(project: Path, damage: Callable[[str], str]) -> None:
    before = said(project)
    (file,) = (project.parent / "caches/cnncalc").glob("*.json")
    file.write_text(damage(file.read_text()), encoding="utf-8")
    assert said(project) == before


# -- where it stands ------------------------------------------------------------------------


def test_no_project_is_written_to_or_read_from(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = sorted(project.rglob("*"))
    before = said(project)
    assert sorted(project.rglob("*")) == files
    (project.parent / "caches/cnncalc").rename(project / "cnncalc")
    monkeypatch.setenv("XDG_CACHE_HOME", ".")  # no place but from the root is one
    monkeypatch.setenv("HOME", str(project.parent / "home"))
    monkeypatch.setattr(Checker, "judged", lambda *_: iter(()))
    assert said(project) == fresh(project) != before


@pytest.mark.skipif(os.name == "nt", reason="folders have no modes")
@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_write_in_is_not_read(
    project: Path, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = said(project)
    (project.parent / "caches/cnncalc").chmod(mode)
    monkeypatch.setattr(Checker, "judged", lambda *_: iter(()))
    assert said(project) == fresh(project) != before


def test_where_nothing_can_be_written_nothing_is_said(project: Path) -> None:
    (project.parent / "caches").write_text("a file")
    assert said(project) == fresh(project)


def test_without_a_cache_nothing_is_written(project: Path) -> None:
    fresh(project)
    assert not (project.parent / "caches").exists()


def test_what_is_gone_is_forgotten(project: Path) -> None:
    said(project)
    (project / "plain/0.yaml").unlink()
    (project / "plain/1.yaml").write_text(f"{BODY}  - relu\n")
    old = project.parent / "caches/cnncalc/old.json"
    old.touch()
    os.utime(old, (0, 0))
    said(project)
    (file,) = old.parent.glob("*.json")
    assert '"plain/0.yaml"' not in file.read_text()


# -- what it costs --------------------------------------------------------------------------


def test_a_few_files_cost_nothing_of_it(project: Path) -> None:
    script = (
        "import sys; from cnncalc.cli import called; code = called();"
        "heavy = {'multiprocessing', 'threading', 'hashlib', 'cnncalc.checking.remembered',"
        " 'cnncalc.checking.workers'} & sys.modules.keys(); print(code, heavy)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check", "plain/0.yaml", "plain/1.yaml"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 set()"
    assert not (project.parent / "caches").exists()


def test_a_graph_is_let_go_before_the_next(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    was = gc.isenabled()
    gc.collect()
    before = sum(type(one) is Graph for one in gc.get_objects())
    gc.disable()
    try:
        look_ahead(Checker({}, Policy()), ["."], 1, False)
        alive = sum(type(one) is Graph for one in gc.get_objects())
    finally:
        if was:
            gc.enable()
    assert alive <= before + 1
