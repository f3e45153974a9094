"""A command line read the short way means what typer makes of it, or is left to typer."""

from __future__ import annotations

import random
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.main import get_command

from cnncalc.cli.commands import COMMANDS
from cnncalc.cli.declared import Option, Positional
from cnncalc.cli.full import application
from cnncalc.cli.short import loaded, parsed
from tests.commands.conftest import Run
from tests.docs.pages import all_blocks

APPLICATION: Any = get_command(application())

SHOWN = sorted(
    {
        line[len("$ cnncalc ") :]
        for block in all_blocks("console")
        for line in block.text.splitlines()
        if line.startswith("$ cnncalc ")
    }
)

WORDS = (
    "resnet18",
    "-",
    "--",
    "",
    "3",
    "-3",
    "x=1",
    "=",
    "--batch",
    "-o",
    "-h",
    "--batch=2",
    "ä b",
)
"""What may stand anywhere."""


def by_typer(name: str, words: list[str]) -> dict[str, Any] | None:
    """What typer reads; None where it refuses, or shows its help."""
    try:
        context = APPLICATION.commands[name].make_context(name, list(words))
    except (typer.Exit, typer.BadParameter.__bases__[0]):
        return None
    given = {
        name: [*value] if isinstance(value, tuple) else value
        for name, value in context.params.items()
    }
    return {name: value for name, value in given.items() if value not in (None, [])}


def by_us(name: str, words: list[str]) -> dict[str, Any] | None:
    """What the short way reads, with what the command takes without it, but for what an option
    does by itself; None where it does not."""
    function: Callable[..., int] = loaded(name)
    given = parsed(function, words)
    if given is None:
        return None
    optional = function.__defaults__ or ()
    every = function.__code__.co_varnames[: function.__code__.co_argcount]
    whole = dict(zip(every[len(every) - len(optional) :], optional, strict=True)) | given
    said = {name: function.__annotations__[name].__metadata__[0] for name in whole}
    return {
        name: value
        for name, value in whole.items()
        if value not in (None, []) and not getattr(said[name], "callback", None)
    }


def test_every_command_line_of_the_docs_reads_alike() -> None:
    read = 0
    for line in SHOWN:
        name, *words = shlex.split(line)
        if name in COMMANDS:
            ours = by_us(name, words)
            assert ours in (None, by_typer(name, words)), line
            read += ours is not None
    assert read > 0.9 * len([line for line in SHOWN if line.split()[0] in COMMANDS])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_line_of_any_words_reads_alike(name: str) -> None:
    draw = random.Random(name)
    names = [word for said in declared(name, Option) if not said.callback for word in said.names]
    options = [each for word in names for each in word.split("/")]
    both = 0
    for _ in range(150):
        count = draw.choice((0, 1, 1, 2))
        words = [
            draw.choice(WORDS if draw.random() < 0.2 else ("lenet5", "7")) for _ in range(count)
        ]
        while draw.random() < 0.7:
            option = draw.choice(options or ["--root"])
            words += draw.choice(([option], [option, draw.choice(("7", *WORDS))], [f"{option}=7"]))
        ours = by_us(name, words)
        if ours is not None:
            both += 1
            assert ours == by_typer(name, words), words
    assert both > 10


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_says_its_name_and_everything_its_purpose(name: str) -> None:
    """typer 0.27 names one without after its metavar: `--DEVICE`."""
    assert all(word.startswith("-") for said in declared(name, Option) for word in said.names)
    assert all(said.names for said in declared(name, Option))
    assert all(said.help for said in declared(name, (Option, Positional)))


def declared(name: str, kinds: Any) -> list[Any]:
    """What a command says that it takes."""
    annotations = loaded(name).__annotations__.values()
    found = [each.__metadata__[0] for each in annotations if hasattr(each, "__metadata__")]
    return [said for said in found if isinstance(said, kinds)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["explain", "lenet5", "--flops", "--draw", "a.svg"],
            "--flops and --draw do not go together",
        ),
        (["check", "lenet5", "--root", "nowhere"], "there is no folder `nowhere`"),
        (["analyze", "lenet5", "--batch", "many"], "'many' is not a valid int"),
        (["analyze"], "Missing argument 'specs'"),
        (["analyze", "lenet5", "--bach", "2"], "No such option: --bach"),
    ],
)
def test_mistakes_are_told_by_typer(words: list[str], says: str, cnncalc: Run) -> None:
    run = cnncalc(*words)
    assert run.returncode == 2
    assert run.stderr.startswith("Usage: ")
    assert says in run.stderr


@pytest.mark.parametrize(
    "words", [["analyze", "resnet18"], ["check", "resnet18"], ["calc", "relu", "--input", "3x8x8"]]
)
def test_a_usual_command_starts_without_typer(words: list[str]) -> None:
    command = (
        f"import sys; sys.argv[1:] = {words!r}\n"
        "from cnncalc.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    loaded = {*run.stdout.splitlines()[-1].split()}
    assert loaded & {"typer", "rich", "inspect", "dataclasses", "shutil", "torch"} == set()
