"""Streams that break, files that cannot be written, signals: messages and exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, Run

SOUND = str(ROOT / "specs" / "lenet" / "lenet5.yaml")
COMMAND = f"{sys.executable} -m cnncalc"
LONG = "x" * 300

pytestmark = pytest.mark.skipif(os.name != "posix", reason="streams and signals of POSIX")


def shell(
    command: str, folder: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A line of bash; `cnncalc` in it is ours."""
    line = command.replace("cnncalc ", f"{COMMAND} ")
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def quiet(errors: str) -> bool:
    """Whether nothing is said that is no message of ours."""
    return not any(word in errors for word in ("Traceback", "bug in cnncalc", "Exception ignored"))


# -- a reader that leaves -------------------------------------------------------------------

MISSING = " ".join(f"{'x' * 200}{n}.yaml" for n in range(500))
"""What is said of them is more than the 64 KiB that a pipe holds."""

PIPES = {
    "one error": ("cnncalc check nothing.yaml", 1),
    "errors": (f"cnncalc check {MISSING}", 1),
    "concise errors": (f"cnncalc check --format concise {MISSING}", 1),
    "sound": (f"cnncalc check {SOUND}", 0),
    "table": (f"cnncalc analyze {' '.join([SOUND] * 50)}", 0),
    "some unsound": (f"cnncalc analyze {' '.join([SOUND] * 50)} nothing.yaml 2>/dev/null", 1),
    "zoo": ("cnncalc schema", 0),
    "help": ("cnncalc --help", 0),
    "messages": (f"cnncalc analyze {MISSING} 2>&1", 1),
}  # fmt: skip


@pytest.mark.parametrize("reader", ["head -1 >/dev/null", "true"])
@pytest.mark.parametrize(("command", "code"), PIPES.values(), ids=PIPES)
def test_a_reader_that_leaves(command: str, code: int, reader: str) -> None:
    """The exit code is the command's own, however much of it was read."""
    done = shell(f"{command} | {reader}; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (code, "")


# -- streams that fail ----------------------------------------------------------------------

BROKEN = {
    "full": (f"cnncalc analyze {SOUND} >/dev/full", 2, "written: no space left on device"),
    "full of help": ("cnncalc --help >/dev/full", 2, "written: no space left on device"),
    "full of the version": ("cnncalc --version >/dev/full", 2, "no space left on device"),
    "full of json": (f"cnncalc analyze {SOUND} --format json >/dev/full", 2, "no space left"),
    "full of problems": ("cnncalc check nothing.yaml >/dev/full", 2, "no space left on device"),
    "full of errors": ("cnncalc analyze nothing.yaml 2>/dev/full", 1, ""),
    "full of usage": ("cnncalc analyze --nothing 2>/dev/full", 2, ""),
    "closed output": (f"cnncalc analyze {SOUND} >&-", 2, "output cannot be written: bad file"),
    "closed errors": ("cnncalc analyze nothing.yaml 2>&-", 1, ""),
    "closed errors of usage": ("cnncalc analyze --nothing 2>&-", 2, ""),
    "closed errors, sound": (f"cnncalc analyze {SOUND} 2>&- >/dev/null", 0, ""),
    "closed input": ("cnncalc analyze - <&-", 2, "standard input cannot be read: bad file"),
    "closed input of check": ("cnncalc check - <&-", 2, "standard input cannot be read: bad file"),
    "closed input of transform": ("cnncalc transform fc-to-conv - <&-", 2, "cannot be read"),
    "closed input of compare": (f"cnncalc compare {SOUND} - <&-", 2, "cannot be read"),
    "closed input, unread": (f"cnncalc check {SOUND} <&-", 0, ""),
    "all closed": (f"cnncalc check {SOUND} <&- >&- 2>&-", 2, ""),
    "all full": (f"cnncalc check {SOUND} >/dev/full 2>/dev/full", 2, ""),
}  # fmt: skip


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize(("command", "code", "says"), BROKEN.values(), ids=BROKEN)
def test_a_stream_that_fails(command: str, code: int, says: str) -> None:
    done = shell(command)
    assert done.returncode == code
    assert says in done.stderr
    assert quiet(done.stderr)


def test_no_file_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """What is printed does not end up in what is written."""
    shell(f"cnncalc export {SOUND} -o network.py >&- 2>&-", tmp_path)
    whole = shell(f"cnncalc export {SOUND}", tmp_path).stdout
    assert (tmp_path / "network.py").read_text(encoding="utf-8") == whole


@pytest.mark.parametrize(
    "environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
@pytest.mark.parametrize("name", ["сеть.yaml", os.fsdecode(b"\xff\xfe.yaml")])
def test_any_name_can_be_printed(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / name).write_text("input: 3x8x8\nlayers: [relu, слой]\n", encoding="utf-8")
    for command in ("check", "analyze"):
        for words in (
            (["."] if command == "check" else []),
            [f"./{name}"],
            ["--nö", name],
            [name, name],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "cnncalc", command, *words],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                capture_output=True,
                check=False,
            )
            assert done.returncode in (1, 2)
            assert quiet(done.stderr.decode("utf-8", "replace"))
            assert done.stdout + done.stderr


# -- files ----------------------------------------------------------------------------------

WRITERS = {
    "export": f"export {SOUND} -o",
    "onnx": f"export {SOUND} --to onnx -o",
    "transform": f"transform fc-to-conv {SOUND} -o",
    "weights": f"transform fc-to-conv {SOUND} --weights some.pt --to",
    "trace": f"profile {SOUND} --trace",
    "init": "init",
    "train": f"train {SOUND} -o",
}
NAMES = {
    "long": (f"{LONG}.yaml", "cannot write `x"),
    "long folder": (f"{LONG}/network.yaml", ""),
    "folder": ("folder", ""),
    "missing folder": ("no/network.yaml", "there is no folder `no`"),
    "below a file": ("some.pt/network.yaml", ""),
    "file": ("some.yaml", ""),
    "link": ("link.yaml", ""),
    "dangling link": ("dangling.yaml", ""),
}


@pytest.mark.parametrize(("name", "says"), NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("writer", WRITERS, ids=WRITERS)
def test_what_cannot_be_written(
    writer: str, name: str, says: str, tmp_path: Path, cnncalc: Run
) -> None:
    if writer == "train" and "folder" in name + says:
        return  # it makes its folder, or finds it
    (tmp_path / "folder").mkdir()
    for file in ("some.pt", "some.yaml"):
        (tmp_path / file).write_text("mine", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to("some.yaml")
    (tmp_path / "dangling.yaml").symlink_to("elsewhere.yaml")
    before = sorted(tmp_path.iterdir())
    done = cnncalc(*WRITERS[writer].split(), name, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1
    assert says in done.stderr or writer == "train"
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "some.yaml").read_text(encoding="utf-8") == "mine"


def test_force_writes_over_a_file(tmp_path: Path) -> None:
    file, link = tmp_path / "network.py", tmp_path / "link.py"
    file.write_text("mine", encoding="utf-8")
    link.symlink_to(file)
    assert shell(f"cnncalc export {SOUND} -o link.py --force", tmp_path).returncode == 0
    assert file.read_text(encoding="utf-8") == "mine"  # the link's place is taken
    assert "class LeNet5" in link.read_text(encoding="utf-8")
    assert shell(f"cnncalc export {SOUND} -o network.py --force", tmp_path).returncode == 0
    assert "class LeNet5" in file.read_text(encoding="utf-8")
    assert sorted(tmp_path.iterdir()) == [link, file]


@pytest.mark.parametrize("device", ["/dev/null", "/dev/stderr"])
def test_a_device_has_nothing_to_lose(device: str, tmp_path: Path) -> None:
    done = shell(f"cnncalc export {SOUND} -o {device}", tmp_path)
    assert done.returncode == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_device(tmp_path: Path) -> None:
    done = shell(f"cnncalc export {SOUND} -o /dev/full", tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "cnncalc: cannot write `/dev/full`: no space left on device\n",
    )


def test_what_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    """Neither a half file nor what it was to be made of."""
    from cnncalc.commands.output import whole

    (tmp_path / "network.py").write_text("before", encoding="utf-8")

    def interrupted() -> None:
        with whole(str(tmp_path / "network.py")) as file:
            file.write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [file.name for file in tmp_path.iterdir()] == ["network.py"]
    assert (tmp_path / "network.py").read_text(encoding="utf-8") == "before"


# -- signals --------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("command", ["analyze", "check", "transform fc-to-conv", "export"])
def test_signals(command: str, number: signal.Signals, code: int) -> None:
    """While standard input is waited for."""
    with subprocess.Popen(
        [sys.executable, "-m", "cnncalc", *command.split(), "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        wait_until_it_reads(process.pid)
        process.send_signal(number)
        assert process.wait(30) == code
        assert process.stderr
        assert process.stderr.read() == b""


def wait_until_it_reads(process: int) -> None:
    """Until nothing is left to do but to read what is piped in."""
    waits = Path(f"/proc/{process}/wchan")
    for _ in range(50):
        if waits.exists() and "pipe" in waits.read_text(encoding="utf-8"):
            return
        time.sleep(0.1)


def test_a_bug_is_no_command(cnncalc: Run) -> None:
    """A traceback, too, passes the guard."""
    code = (
        "import cnncalc.commands.analyze as module\n"
        r"def broken(*_): raise RuntimeError('\x1b[31m\n::error::x\u202e')" "\n"
        "module.analyze = broken\n"
        "import sys; sys.argv = ['cnncalc', 'analyze', 'x']\n"
        "from cnncalc.cli import main; main()\n"
    )  # fmt: skip
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert "RuntimeError: \\x1b[31m\n:\\x3aerror::x\\u202e\n" in run.stderr
