"""Which files a spec can lead to, and what is said of them: nothing that is in a file which is no
spec leaves any command in any format, and nothing outside of the project is opened."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnncalc import zoo
from cnncalc.commands.analyze import analyze
from cnncalc.commands.check import check
from cnncalc.commands.compare import HowToCompare, compare
from cnncalc.commands.explain import explain
from cnncalc.commands.export import export
from cnncalc.commands.formats import CHECK, names
from cnncalc.commands.init import SCHEMA, init
from cnncalc.commands.options import UsageError
from cnncalc.commands.transform import transform
from cnncalc.commands.zoo import show
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import SpecError, load, read
from cnncalc.project import NoFileError, opened, reach, reach_from, rooted, within
from tests.commands.conftest import Run

MARKER = "hunter2"
"""What stands in the files that are nobody's business."""

SOUND = "input: 3x8x8\nlayers: [relu]\n"
LIBRARY = "blocks:\n  unit:\n    layers: [relu]\n"
SECRET = f"root:x:0:0:{MARKER}:/root:/bin/bash\n{MARKER}:x:1:1::/:/bin/false\n"

OPENED: list[str] | None = None
"""The paths that are opened, while a test listens."""


def listen(event: str, arguments: tuple[object, ...]) -> None:
    if OPENED is not None and event == "open" and isinstance(arguments[0], str | bytes):
        OPENED.append(os.fsdecode(arguments[0]))


sys.addaudithook(listen)


@contextmanager
def nothing_opened_outside(project: Path) -> Iterator[None]:
    """Within, no file is opened beside the project, and none of the system's."""
    global OPENED
    OPENED = []
    try:
        yield
        foreign = [str(project.parent / "outside"), "/etc", "/dev", "/proc"]
        assert not [path for path in OPENED if within(os.path.realpath(path), foreign)]
        assert str(project) in os.path.realpath(OPENED[-1])
    finally:
        OPENED = None


# -- a project, and what is around and in it ------------------------------------------------

WITHIN: dict[str, bytes | str] = {
    "creds.yaml": f"password: {MARKER}\nuser: {MARKER}\n",
    "flow.yaml": f"{{password: {MARKER}, {MARKER}: 3}}\n",
    "named.yaml": f"name: production\nsource: vault\npassword: {MARKER}\n",
    ".env": f"TOKEN={MARKER}\nexport {MARKER}=1\n",
    "colon.env": f"TOKEN: {MARKER}: 3\n",
    "key.pem": f"-----BEGIN PRIVATE KEY-----\nMII{MARKER}\nName: {MARKER}\n\tx: 1\n-----END\n",
    "data.json": f'{{"private_key": "{MARKER}", "type": ["{MARKER}"]}}\n',
    "broken.json": f'{{"private_key": "{MARKER}, "type": ["{MARKER}"\n',
    "list.yaml": f"- {MARKER}\n- relu\n",
    "word.txt": MARKER,
    "comment.yaml": f"# {MARKER}\n",
    "control.txt": f"{MARKER}\x1b[0m {MARKER}\n",
    "binary": b"\x00\xff" + MARKER.encode() + b"\xfe",
    "latin.txt": f"größer {MARKER}\n".encode("latin-1"),
    "tags.yaml": f"a: !{MARKER} 3\nb: &{MARKER} 4\nc: *{MARKER}\n",
    "twice.yaml": f"{MARKER}: 1\n{MARKER}: 2\n",
    "second.yaml": f"a: 1\n--- {MARKER}\n",
    "nest.yaml": "a: " + "[" * 100 + MARKER,
    "ignored.yaml": f"a: 1 # cnncalc: ignore[{MARKER}]\n",
    "ci.yml": f"name: CI\non: [push]\ndefaults: {{}}\nenv: {{TOKEN: {MARKER}}}\njobs: {{}}\n",
    "compose.yml": f"include: [a.yml]\nservices: {{db: {{password: {MARKER}}}}}\nsecrets: {{}}\n",
}
"""Files of the project that are no specs."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, the working folder, beside a folder that is nobody's business."""
    outside, folder = tmp_path / "outside", tmp_path / "project"
    for place in (outside, folder / ".git", folder / "nets" / "deep"):
        place.mkdir(parents=True)
    (outside / "secret.txt").write_text(SECRET)
    (outside / "library.yaml").write_text(f"name: {MARKER}\n{LIBRARY}")
    for name, content in WITHIN.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / "nets" / name).write_bytes(data)
    (folder / "library.yaml").write_text(LIBRARY)
    (folder / "nets" / "sound.yaml").write_text(SOUND)
    (folder / "nets" / "link.yaml").symlink_to(outside / "secret.txt")
    (folder / "nets" / "library-link.yaml").symlink_to(outside / "library.yaml")
    (folder / "nets" / "gone.yaml").symlink_to(outside / "missing.yaml")
    (folder / "nets" / "twice-linked.yaml").symlink_to("link.yaml")
    (folder / "nets" / "creds-link.yaml").symlink_to("creds.yaml")
    (folder / "nets" / "loop.yaml").symlink_to("loop.yaml")
    (folder / "nets" / "elsewhere").symlink_to(outside)
    (folder / "nets" / "zero.yaml").symlink_to("/dev/zero")
    os.mkfifo(folder / "nets" / "pipe.yaml")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SECRET", MARKER)
    return folder


OUTSIDE = {
    "an absolute path": "{outside}/secret.txt",
    "the folders above": "../../outside/secret.txt",
    "a library": "../../outside/library.yaml",
    "a missing file": "../../outside/missing.yaml",
    "a folder": "../../outside",
    "the root": "/",
    "the folder above": "../..",
    "a link": "link.yaml",
    "a link to a library": "library-link.yaml",
    "a link to nothing": "gone.yaml",
    "a link to a link": "twice-linked.yaml",
    "a link to a device": "zero.yaml",
    "a link in the middle": "elsewhere/secret.txt",
    "a link in the middle, to nothing": "elsewhere/missing.yaml",
    "a link and up": "elsewhere/../outside/secret.txt",
    "down and up": "deep/../../../outside/secret.txt",
    "through a file": "sound.yaml/../../../outside/secret.txt",
    "through nothing": "missing/../../../outside/secret.txt",
    "more folders above than there are": "../" * 90 + "etc/passwd",
    "the environment": "/proc/self/environ",
    "a file descriptor": "/proc/self/fd/0",
    "this process's root": "/proc/self/root/etc/passwd",
    "standard input": "/dev/stdin",
    "a device without end": "/dev/zero",
    "a terminal": "/dev/tty",
    "two slashes": "//etc/passwd",
    "other letters": "../NETS/../../OUTSIDE/secret.txt",
    "beside the zoo": "{zoo}/../pyproject.toml",
    "a name like the zoo's": "{zoo}-private/secret.txt",
    "a name like the project's": "../../project-private/secret.txt",
    "very long": "../../../" + "x" * 5_000,
}

UNREADABLE = {
    "a pipe": "pipe.yaml",
    "a folder": "deep",
    "this folder": ".",
    "a link to itself": "loop.yaml",
    "a URL": "file:///etc/passwd",
    "a URL with a host": "http://localhost/secret.txt",
    "somebody's home": "~/secret.txt",
    "root's home": "~root/.ssh/id_rsa",
    "a variable": "$SECRET/x",
    "a zero that is escaped": "sound.yaml%00",
    "a zero": "sound.yaml\\0.txt",
    "dots that are escaped": "%2e%2e/%2e%2e/outside/secret.txt",
    "backslashes": "..\\\\..\\\\outside\\\\secret.txt",
    "a pattern": "*.yaml",
    "very long": "x" * 5_000,
    "many folders": "x/" * 2_000,
    "through a file": "sound.yaml/x.yaml",
    "other letters": "SOUND.YAML",
}
"""Names within the project that lead to no file."""

KEYS = ("include", "extends")

Say = Callable[[Path], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Say:
    """All that the commands say of a spec, in all formats; each must fail, and say so once."""

    def everything(path: Path) -> str:
        spec, sound = str(path), "nets/sound.yaml"
        for form in names(CHECK):
            assert check([spec], [], form=form) == 1
        assert analyze([spec], []) == 1
        assert compare([sound, spec], [], HowToCompare()) == 1
        assert export(spec, []) == 1
        assert explain(spec, "relu", []) == 1
        assert transform("fold-batch-norm", spec, []) == 1
        out, err = capsys.readouterr()
        return out + err

    return everything


def spec_that_names(name: str, key: str, folder: Path) -> Path:
    path = folder / "nets" / "hostile.yaml"
    path.write_text(f'{key}: "{name}"\n{SOUND}')
    return path.relative_to(folder)


def codes_of(path: Path) -> list[str]:
    diagnostics = Diagnostics()
    read(str(path), diagnostics)
    return [diagnostic.code for diagnostic in diagnostics]


# -- outside of the project -----------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", OUTSIDE.values(), ids=OUTSIDE)
def test_outside(name: str, key: str, project: Path, said: Say) -> None:
    name = name.format(outside=project.parent / "outside", zoo=zoo.folder())
    path = spec_that_names(name, key, project)
    with nothing_opened_outside(project):
        assert MARKER not in said(path)
    assert codes_of(path) == ["CNN112"]


@pytest.mark.parametrize("key", KEYS)
def test_nothing_tells_whether_it_is_there(key: str, project: Path) -> None:
    """Nor what it is: but for the name, the messages are the same."""
    messages = set()
    for name in ("secret.txt", "library.yaml", "missing.yaml", "", "missing/folder"):
        typed = f"../../outside/{name}"
        diagnostics = Diagnostics()
        read(str(spec_that_names(typed, key, project)), diagnostics)
        (found,) = diagnostics
        messages.add((found.message.replace(typed, "NAME"), found.hint, found.notes))
    assert len(messages) == 1


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", ["../../outside/secret.txt", "link.yaml", "/dev/zero"])
def test_outside_from_a_file_further_on(name: str, key: str, project: Path, said: Say) -> None:
    """The project is that of the first spec, also where a folder on the way has settings."""
    (project / "nets" / "base.yaml").write_text(f'{key}: "{name}"\n{SOUND}{LIBRARY}')
    (project / "nets" / "middle.yaml").write_text(f"{key}: base.yaml\n{SOUND}{LIBRARY}")
    path = spec_that_names("middle.yaml", key, project)
    with nothing_opened_outside(project):
        assert MARKER not in said(path)
    assert codes_of(path) == ["CNN112"]


def test_a_file_further_on_does_not_widen_the_project(project: Path) -> None:
    (project / "cnncalc.toml").write_text("")
    (project.parent / ".git").mkdir()
    (project / "nets" / "base.yaml").write_text(f"include: ../../outside/library.yaml\n{SOUND}")
    assert codes_of(spec_that_names("base.yaml", "extends", project)) == ["CNN112"]


# -- in the project, but no spec ------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", [*WITHIN, "creds-link.yaml"])
def test_no_spec(name: str, key: str, project: Path, said: Say) -> None:
    """One message, where the file is named."""
    path = spec_that_names(name, key, project)
    assert MARKER not in said(path)
    diagnostics = Diagnostics()
    read(str(path), diagnostics)
    (found,) = diagnostics
    assert found.code in ("CNN107", "CNN108")
    assert (found.span.source.name, found.span.line) == (str(path), 1)


@pytest.mark.parametrize("name", [*WITHIN, "creds-link.yaml", "link.yaml", "twice-linked.yaml"])
def test_no_spec_that_is_named_on_the_command_line(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A person may name any file: what it is not is said, and nothing of what it is."""
    spec = f"nets/{name}"
    for form in names(CHECK):
        assert check([spec], [], form=form) == 0
    assert analyze([spec], []) == 1
    assert compare([spec, "nets/sound.yaml"], [], HowToCompare()) == 1
    assert export(spec, []) == 1
    assert transform("fc-to-conv", spec, []) == 1
    with pytest.raises(SpecError) as raised:
        load(spec)
    out, err = capsys.readouterr()
    assert MARKER not in out + err + str(raised.value)


@pytest.mark.parametrize("content", WITHIN.values(), ids=WITHIN)
@pytest.mark.parametrize("command", ["check", "analyze", "memory", "report"])
def test_no_spec_that_is_piped_in(content: bytes | str, command: str, project: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "cnncalc", command, "-"],
        input=content.encode() if isinstance(content, str) else content,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 1
    assert MARKER.encode() not in run.stdout + run.stderr


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable(name: str, key: str, project: Path, said: Say) -> None:
    path = spec_that_names(name, key, project)
    assert MARKER not in said(path)
    assert codes_of(path) == ["CNN107"]


@pytest.mark.parametrize("key", KEYS)
def test_a_socket(key: str, project: Path, said: Say) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("nets/socket")
        path = spec_that_names("socket", key, project)
        said(path)
        assert codes_of(path) == ["CNN107"]


BROKEN = {
    "a bracket": ("blocks:\n  a: {layers: [relu\n", "CNN101"),
    "a tab": ("defaults:\n\tconv: 3\n", "CNN101"),
    "a tag": ("blocks:\n  a: {layers: [!!str relu]}\n", "CNN103"),
    "a second document": ("blocks: {}\n---\n", "CNN104"),
    "a control character": ("blocks: {} # \x1b\n", "CNN107"),
    "a key that is none": ("blocks: {}\ndefaults: {}\nversion: 3\n", "CNN110"),
    "a key that is misspelt": ("blocks: {}\nlyaers: [relu]\n", "CNN110"),
    "a key of a spec and a secret": (f"defaults: {{password: {MARKER}}}\n", "CNN201"),
}


@pytest.mark.parametrize(("text", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_library_is_told_with_its_place(text: str, code: str, project: Path) -> None:
    (project / "nets" / "broken.yaml").write_text(text)
    diagnostics = Diagnostics()
    read(str(spec_that_names("broken.yaml", "include", project)), diagnostics)
    found = next(iter(diagnostics))
    assert (found.code, found.span.source.name) == (code, "nets/broken.yaml")
    assert found.span.source.text == text


# -- what is the project --------------------------------------------------------------------

INSIDE: dict[str, tuple[str, dict[str, str], str]] = {
    "a repository": ("a/b/net.yaml", {".git/HEAD": ""}, "."),
    "a repository's other tree": ("a/b/net.yaml", {".git": "gitdir: x"}, "."),
    "a repository in another": ("a/b/net.yaml", {".git/HEAD": "", "a/.git": "gitdir: x"}, "a"),
    "settings": ("a/b/net.yaml", {"a/cnncalc.toml": ""}, "a"),
    "settings of Python": ("a/b/net.yaml", {"a/pyproject.toml": "[tool.cnncalc]"}, "a"),
    "another's settings": (
        "a/b/net.yaml",
        {"a/pyproject.toml": "[tool.other]", "cnncalc.toml": ""},
        ".",
    ),
    "settings in a repository": ("a/b/net.yaml", {".git/HEAD": "", "a/cnncalc.toml": ""}, "a"),
    "a repository below settings": ("a/b/net.yaml", {"cnncalc.toml": "", "a/.git/HEAD": ""}, "a"),
    "neither": ("a/b/net.yaml", {}, "a/b"),
    "neither, here": ("net.yaml", {}, "."),
    "standard input": ("-", {}, "."),
    "standard input in a repository": ("-", {"../.git/HEAD": ""}, "."),
}


@pytest.mark.parametrize(("spec", "files", "root"), INSIDE.values(), ids=INSIDE)
def test_the_project(
    spec: str,
    files: dict[str, str],
    root: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = tmp_path / "here"
    for name, text in {"a/b/net.yaml": SOUND, **files}.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text)
    monkeypatch.chdir(here)
    shipped = os.path.realpath(zoo.folder())
    assert reach(spec) == (os.path.realpath(root), shipped)
    if spec != "-":
        assert reach(str(here / spec)) == (os.path.realpath(root), shipped)


def test_the_project_of_a_folder_that_is_a_link(tmp_path: Path) -> None:
    """Its own, not that of who links to it."""
    (tmp_path / "theirs" / "nets").mkdir(parents=True)
    (tmp_path / "ours" / ".git").mkdir(parents=True)
    (tmp_path / "ours" / "nets").symlink_to(tmp_path / "theirs" / "nets")
    assert reach_from(str(tmp_path / "ours" / "nets"))[0] == str(tmp_path / "theirs" / "nets")


def test_the_zoo_reaches_itself_and_no_more() -> None:
    shipped = os.path.realpath(zoo.folder())
    assert reach(str(zoo.networks()["resnet50"])) == (shipped,)


@pytest.mark.parametrize("name", ["resnet101", "nasnet_a_mobile", "se_resnet50"])
def test_the_zoo_is_reached_by_name(name: str, project: Path) -> None:
    assert codes_of(Path(name)) == []


@pytest.mark.parametrize(
    ("key", "name"), [("include", "blocks/inception.yaml"), ("extends", "resnet/resnet50.yaml")]
)
def test_the_zoo_is_open_to_all(key: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(f"{key}: {zoo.folder() / name}\n{SOUND}")
    assert codes_of(path) == []


def test_a_copy_of_the_zoo_stands_alone(cnncalc: Run, tmp_path: Path) -> None:
    assert cnncalc("init", "net.yaml", "--from", "nasnet_a_mobile", folder=tmp_path).returncode == 0
    assert cnncalc("analyze", "net.yaml", folder=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "../blocks/nasnet", "blocks/nasnet", "nasnet", "."]
)
def test_the_zoo_shows_networks_only(name: str) -> None:
    with pytest.raises(UsageError, match="the zoo has no network"):
        show(name)


def test_a_pipe_in_the_schema_s_place_is_not_waited_for(project: Path) -> None:
    os.mkfifo(project / SCHEMA)
    with pytest.raises(UsageError, match="no schema of cnncalc"):
        init("net.yaml", None, None)


# -- who needs more -------------------------------------------------------------------------

READING = {
    "analyze": ("analyze", "nets/more.yaml"),
    "check": ("check", "nets/more.yaml"),
    "compare": ("compare", "nets/more.yaml", "nets/sound.yaml"),
    "explain": ("explain", "nets/more.yaml", "relu"),
    "export": ("export", "nets/more.yaml"),
    "transform": ("transform", "fc-to-conv", "nets/more.yaml"),
}


@pytest.mark.parametrize("command", READING.values(), ids=READING)
def test_root(command: tuple[str, ...], project: Path, cnncalc: Run) -> None:
    text = "extends: ../../outside/net.yaml\nname: more\n"
    (project / "nets" / "more.yaml").write_text(text)
    (project.parent / "outside" / "net.yaml").write_text(
        "include: library.yaml\ninput: 3x8x8\nlayers: [unit, relu, flatten, {linear: 3}]\n"
    )
    refused = cnncalc(*command, folder=project)
    assert refused.returncode == 1
    assert "CNN112" in refused.stdout + refused.stderr
    allowed = cnncalc(*command, "--root", "..", folder=project)
    assert allowed.returncode == 0, allowed.stdout + allowed.stderr
    assert cnncalc(*command, "--root", "nets", folder=project).returncode == 1


@pytest.mark.parametrize("command", [*READING, "profile", "verify", "train", "weights map"])
def test_every_command_that_reads_a_spec_has_a_root(command: str, cnncalc: Run) -> None:
    assert "--root FOLDER" in cnncalc(*command.split(), "--help").stdout


@pytest.mark.parametrize("folder", ["missing", "nets/sound.yaml", ""])
def test_a_root_that_is_no_folder(folder: str, project: Path, cnncalc: Run) -> None:
    run = cnncalc("analyze", "nets/sound.yaml", "--root", folder, folder=project)
    assert (run.returncode, run.stdout) == (2, "")
    assert "there is no folder" in run.stderr


def test_root_for_what_is_piped_in(project: Path, cnncalc: Run) -> None:
    text = f"include: ../library.yaml\n{SOUND}"
    refused = cnncalc("analyze", "-", stdin=text, folder=project / "nets")
    assert (refused.returncode, "CNN112" in refused.stderr) == (1, True)
    allowed = cnncalc("analyze", "-", "--root", "..", stdin=text, folder=project / "nets")
    assert allowed.returncode == 0, allowed.stderr


def test_root_in_python(project: Path) -> None:
    (project / "nets" / "more.yaml").write_text(
        "include: ../../outside/library.yaml\nargs: {root: 3}\ninput: 3x8x8\nlayers: [unit]\n"
    )
    with pytest.raises(SpecError, match="CNN112"):
        load("nets/more.yaml", args={"root": 5})
    assert load("nets/more.yaml", args={"root": 5}, root=project.parent).layers
    with pytest.raises(SpecError, match="CNN112"):
        load("nets/more.yaml")


@pytest.mark.parametrize("text", ["root: ..\n", "allow_outside: true\n", "train: {root: ..}\n"])
def test_no_spec_sets_the_root(text: str, project: Path) -> None:
    path = spec_that_names("../../outside/library.yaml", "include", project)
    path.write_text(path.read_text() + text)
    assert "CNN112" in codes_of(path)


@pytest.mark.parametrize("text", ['root = ".."', 'root = "/"', '[tool]\nroot = "/"'])
def test_no_settings_set_the_root(
    text: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "cnncalc.toml").write_text(text)
    path = spec_that_names("../../outside/library.yaml", "include", project)
    assert check([str(path)], [], form="concise") == 1
    told = capsys.readouterr().out
    assert "CNN112" in told
    assert "CNN702" in told


# -- folders --------------------------------------------------------------------------------


def test_a_folder_leads_to_no_file_outside(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pull request can add a link."""
    (project.parent / "outside" / "net.yaml").write_text(f"name: {MARKER}\n{SOUND}lyaers: 3\n")
    (project / "nets" / "spec-link.yaml").symlink_to(project.parent / "outside" / "net.yaml")
    with nothing_opened_outside(project):
        for form in names(CHECK):
            assert check(["."], [], form=form) == 0
    assert MARKER not in capsys.readouterr().out


def test_a_folder_leads_to_files_of_its_project(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "models").mkdir()
    (project / "models" / "net.yaml").symlink_to("../nets/sound.yaml")
    assert check(["models"], [], form="json") == 0
    assert "models/net.yaml" in capsys.readouterr().out


def test_a_folder_leads_to_files_of_its_root(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with rooted(str(project.parent)):
        assert check(["nets"], [], form="json") == 0
    assert "nets/library-link.yaml" in capsys.readouterr().out


# -- settings -------------------------------------------------------------------------------

LINKED: dict[str, tuple[str, str, str | None]] = {
    "outside": ("cnncalc.toml", "../outside/secret.txt", "CNN112"),
    "settings outside": ("cnncalc.toml", "../outside/cnncalc.toml", "CNN112"),
    "nothing outside": ("cnncalc.toml", "../outside/missing", "CNN112"),
    "a device": ("cnncalc.toml", "/dev/zero", "CNN112"),
    "the environment": ("cnncalc.toml", "/proc/self/environ", "CNN112"),
    "a project's, outside": ("pyproject.toml", "../outside/cnncalc.toml", "CNN112"),
    "credentials": ("cnncalc.toml", "nets/creds.toml", "CNN701"),
    "variables": ("cnncalc.toml", "nets/.env", "CNN701"),
    "settings in the project": ("cnncalc.toml", "nets/deep/cnncalc.toml", None),
}


@pytest.mark.parametrize(("name", "target", "code"), LINKED.values(), ids=LINKED)
def test_settings_that_are_a_link(
    name: str,
    target: str,
    code: str | None,
    project: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (project / "nets" / "creds.toml").write_text(f'password = "{MARKER}"\n')
    (project / "nets" / "deep" / "cnncalc.toml").write_text("max_params = 3\n")
    (project.parent / "outside" / "cnncalc.toml").write_text(f'password = "{MARKER}"\n')
    (project / name).symlink_to(target)
    with nothing_opened_outside(project):
        for form in names(CHECK):
            assert check(["nets/sound.yaml"], [], form=form) == (1 if code else 0)
    told = capsys.readouterr().out
    assert MARKER not in told
    assert code is None or code in told


SETTINGS = {
    "nested": "select = " + "[" * 100_000,
    "a long number": "max_params = " + "9" * 5_000,
    "too long": "#" * (2**20 + 1),
    "not UTF-8": "ignore = ['größer']",
}


@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_settings_that_cannot_be_read(
    text: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "cnncalc.toml").write_bytes(text.encode("latin-1"))
    assert check(["nets/sound.yaml"], [], form="concise") == 1
    assert capsys.readouterr().out.count("CNN701") == 1


def test_settings_that_are_a_pipe_are_none(project: Path) -> None:
    os.mkfifo(project / "cnncalc.toml")
    os.mkfifo(project / "pyproject.toml")
    assert check(["nets/sound.yaml"], []) == 0


# -- revisions ------------------------------------------------------------------------------


def commit(folder: Path) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "-A", "-f"), (*identity, "commit", "-q", "-m", "All")):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "name",
    [
        "../../outside/library.yaml",
        "{outside}/library.yaml",
        "elsewhere/library.yaml",
        "library-link.yaml",
        "down/../../../outside/library.yaml",
        "creds.yaml",
    ],
)
def test_revisions(name: str, key: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was outside of the project then is outside, also in a repository of its own."""
    outside = project.parent / "outside"
    (outside / "library.yaml").write_text(f"{LIBRARY}input: 3x8x8\nlayers: [{MARKER}]\n")
    (project / "nets" / "deep" / "deeper").mkdir()
    (project / "nets" / "down").symlink_to("deep/deeper")
    (project / "nets" / "pipe.yaml").unlink()
    (project / ".git").rmdir()
    path = spec_that_names(name.format(outside=outside), key, project)
    commit(outside)
    commit(project)
    for form in ("text", "markdown", "json"):
        assert compare([str(path)], [], HowToCompare("HEAD"), form) == 1
    out, err = capsys.readouterr()
    assert MARKER not in out + err
    assert ("CNN108" if name == "creds.yaml" else "CNN112") in err


# -- opening --------------------------------------------------------------------------------


def test_what_takes_a_file_s_place_is_not_waited_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a pipe came between the look at a file and its opening."""
    status = os.stat("nets/sound.yaml")
    monkeypatch.setattr(os, "stat", lambda path: status)
    with pytest.raises(NoFileError):
        opened("nets/pipe.yaml")
