"""The pre-commit hook, as pre-commit itself installs and runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("pre_commit", reason="pre-commit is not installed: the `dev` extra has it")

ROOT = Path(__file__).parents[1]
PACKAGED = (
    ".pre-commit-hooks.yaml",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "cnncalc",
    "specs",
)

SOUND = """\
name: Small
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
expect:
  params: 448
"""
BROKEN = SOUND.replace("kernel: 3", "kernel: 3, strid: 2")
WORKFLOW = "on: [push]\njobs: {}\n"

pytestmark = pytest.mark.slow


def run(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def repository(folder: Path) -> Path:
    """`folder` with all that is in it committed."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (
        ("init", "--quiet"),
        ("add", "--all"),
        (*identity, "commit", "--quiet", "--no-verify", "--message", "All of it"),
    ):
        done = run("git", *command, folder=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of what the hook installs."""
    folder = tmp_path_factory.mktemp("hook")
    index = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), "typer"]
    probe = run(*index, folder=folder)
    if probe.returncode:
        pytest.skip(f"pip reaches no package index: {probe.stderr.strip().splitlines()[-1]}")
    for name in PACKAGED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return repository(folder)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment it makes: made once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def project(tmp_path: Path, hook: Path, home: Path) -> Project:
    return Project(tmp_path, hook, home)


class Project:
    """A repository that uses the hook."""

    def __init__(self, folder: Path, hook: Path, home: Path) -> None:
        self.folder = folder
        self.hook = hook
        self.home = home

    def commit(self, files: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """What the hook says of `files`."""
        head = run("git", "rev-parse", "HEAD", folder=self.hook).stdout.strip()
        config = f"repos:\n  - repo: {self.hook}\n    rev: {head}\n    hooks: [{{id: cnncalc}}]\n"
        for name, text in {".pre-commit-config.yaml": config, **files}.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        repository(self.folder)
        return self.pre_commit("run", "--all-files", "--color=never")

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "pre_commit", *arguments)
        return run(*command, folder=self.folder, PRE_COMMIT_HOME=str(self.home))


def test_a_sound_spec_passes(project: Project) -> None:
    done = project.commit({"small.yaml": SOUND, "ci.yml": WORKFLOW})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_a_broken_spec_fails_and_shows_where(project: Project) -> None:
    done = project.commit({"small.yaml": BROKEN, "ci.yml": WORKFLOW})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Failed" in done.stdout
    assert "small.yaml:4:36: CNN202 `conv` has no field `strid`" in done.stdout
    assert "ci.yml:" not in done.stdout


def test_yaml_that_is_no_spec_passes(project: Project) -> None:
    done = project.commit({"ci.yml": WORKFLOW})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


@pytest.mark.thorough  # it installs all once more
def test_it_is_tried_without_a_configuration(project: Project) -> None:
    project.commit({"small.yaml": BROKEN})
    done = project.pre_commit("try-repo", str(project.hook), "cnncalc", "--files", "small.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "small.yaml:4:36: CNN202" in done.stdout


def test_its_environment_is_small(project: Project, home: Path) -> None:
    project.commit({"small.yaml": SOUND})
    (python,) = home.glob("repo*/py_env-*/bin/python")
    listed = run(str(python), "-m", "pip", "list", "--format=freeze", folder=home)
    names = {line.partition("==")[0].lower() for line in listed.stdout.split()}
    assert {"cnncalc", "typer", "pyyaml"} <= names
    assert "torch" not in names
