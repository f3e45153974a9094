"""Settings: where they are found, what they say, and what is wrong with them."""

from pathlib import Path

import pytest

from cnncalc.checking.policy import Policy
from cnncalc.checking.settings import NOTHING, Settings, parse, read_settings
from cnncalc.diagnostics import Diagnostic, Diagnostics, Source
from cnncalc.project import nearest
from tests.language.reading import marked


def read(text: str, name: str = "cnncalc.toml") -> tuple[Settings, list[Diagnostic]]:
    diagnostics = Diagnostics()
    return parse(Source(name, text), diagnostics), list(diagnostics)


def bounds(settings: Settings) -> dict[str, tuple[float | None, float | None]]:
    return {budget.metric: (budget.low, budget.high) for budget in settings.budgets}


# -- what they say --------------------------------------------------------------------------

ALL = """
select = ["CNN6"]
ignore = ["CNN603", "CNN8"]
severity = {CNN605 = "warning", CNN604 = "off"}
max_params = "30M"
min_receptive_field = 224
[budgets]
max_macs = "4.1G"
max_layers = 1_000
"""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (ALL, "cnncalc.toml"),
        (
            "[project]\nname = 'x'\n[tool.cnncalc]"
            + ALL.replace("[budgets]", "[tool.cnncalc.budgets]"),
            "pyproject.toml",
        ),
    ],
    ids=["cnncalc.toml", "pyproject.toml"],
)
def test_all_of_it(text: str, name: str) -> None:
    settings, wrong = read(text, name)
    assert not wrong
    assert settings.policy == Policy(
        ("CNN6",), ("CNN603", "CNN8"), {"CNN605": "warning", "CNN604": "off"}
    )
    assert bounds(settings) == {
        "params": (None, 30_000_000),
        "receptive_field": (224, None),
        "macs": (None, 4_100_000_000),
        "layers": (None, 1_000),
    }


def test_nothing() -> None:
    for text, name in (("", "cnncalc.toml"), ("[tool.other]\nx = 1\n", "pyproject.toml")):
        settings, wrong = read(text, name)
        assert (settings._replace(source=None), wrong) == (NOTHING, [])


# -- what is wrong --------------------------------------------------------------------------

WRONG = {
    "a setting": (
        'max_parms = "30M"',
        "CNN702",
        "max_parms",
        "there is no setting `max_parms`",
        "did you mean `max_params`?",
    ),
    "a setting like none": (
        "zzz = 1",
        "CNN702",
        "zzz",
        "there is no setting `zzz`",
        None,
    ),
    "a budget": (
        "[budgets]\nmax_mcas = 1",
        "CNN702",
        "max_mcas",
        "there is no budget `max_mcas`",
        "did you mean `max_macs`?",
    ),
    "a comment that looks like it": (
        "# max_parms = 3\nmax_params = 3 # max_parms = 3\nmax_parms = 3",
        "CNN702",
        "max_parms",
        "there is no setting `max_parms`",
        "did you mean `max_params`?",
    ),
    "a word": (
        'max_params = "many"',
        "CNN703",
        "max_params",
        "`max_params` wants a number, got `many`",
        '`max_params = "30M"` or `max_params = 30_000_000`',
    ),
    "a truth": (
        "max_params = true",
        "CNN703",
        "max_params",
        "`max_params` wants a number, got `true`",
        '`max_params = "30M"` or `max_params = 30_000_000`',
    ),
    "less than nothing": (
        "max_params = -1",
        "CNN703",
        "max_params",
        "`max_params` wants a number, got `-1`",
        '`max_params = "30M"` or `max_params = 30_000_000`',
    ),
    "without end": (
        "max_params = inf",
        "CNN703",
        "max_params",
        "`max_params` wants a number, got `inf`",
        '`max_params = "30M"` or `max_params = 30_000_000`',
    ),
    "no size": (
        'fits = "plenty"',
        "CNN703",
        "fits",
        "`fits` wants a size, got `plenty`",
        '`fits = "24GiB"`',
    ),
    "no table": (
        "budgets = 3",
        "CNN703",
        "budgets",
        "`budgets` wants a table, got `3`",
        '`budgets = {max_params = "30M"}`',
    ),
    "no list": (
        'select = "CNN602"',
        "CNN703",
        "select",
        "`select` wants a list of codes, got `CNN602`",
        '`select = ["CNN602"]`',
    ),
    "a number as a code": (
        "ignore = [602]",
        "CNN703",
        "ignore",
        "`ignore` wants codes in quotes, got `602`",
        '`ignore = ["CNN602"]`',
    ),
    "a code that is not there": (
        'ignore = ["CNN602", "CNN666"]',
        "CNN703",
        "CNN666",
        "there is no diagnostic CNN666",
        "`cnncalc explain codes` lists them",
    ),
    "a code that cannot be ignored": (
        'ignore = ["CNN2"]',
        "CNN703",
        "CNN2",
        "CNN2 cannot be ignored: what has it cannot be checked",
        "mend what it reports; from CNN602 on, codes can be ignored",
    ),
    "a code in lower case": (
        'select = ["cnn602"]',
        "CNN703",
        "cnn602",
        "`cnn602` is no code",
        "did you mean `CNN602`?",
    ),
    "a grade": (
        'severity = {CNN602 = "warn"}',
        "CNN703",
        "CNN602",
        "`CNN602` wants error, warning, note or off, got `warn`",
        "did you mean `warning`?",
    ),
    "a grade of what cannot be graded": (
        'severity = {CNN401 = "off"}',
        "CNN703",
        "CNN401",
        "CNN401 cannot be ignored: what has it cannot be checked",
        "mend what it reports; from CNN602 on, codes can be ignored",
    ),
}


@pytest.mark.parametrize(("text", "code", "place", "message", "hint"), WRONG.values(), ids=WRONG)
def test_wrong(text: str, code: str, place: str, message: str, hint: str | None) -> None:
    _, (told,) = read(text)
    assert (told.code, told.severity, told.message) == (code, "error", message)
    assert marked(told) == place
    assert not told.span.source.lines[told.span.line - 1].startswith("#")
    if hint:
        assert told.hint == hint
    else:
        assert told.hint == (
            "settings: select, ignore, severity, fits, budgets, max_layers, max_params, "
            "max_trainable, max_frozen, max_buffers, max_macs, max_flops, max_activations, "
            "max_macts, max_weight_layers, max_size, max_flash, max_bytes, max_kept, max_alive, "
            "max_inference_memory, max_training_memory, max_receptive_field, max_stride, "
            "min_intensity, min_receptive_field"
        )


def test_the_place_is_in_our_table() -> None:
    text = "[tool.other]\nmax_parms = 3\n\n[tool.cnncalc]\nmax_parms = 3\n"
    _, (told,) = read(text, "pyproject.toml")
    assert told.span.line == 5


def test_what_is_wrong_leaves_the_rest() -> None:
    settings, wrong = read('max_parms = 3\nmax_macs = 4\nignore = ["CNN666", "CNN602"]\n')
    assert len(wrong) == 2
    assert bounds(settings) == {"macs": (None, 4)}
    assert settings.policy.ignore == ("CNN602",)


@pytest.mark.parametrize(
    ("text", "line", "column"), [("max_macs = 4\nselect = [1 2]\n", 2, 13), ("select = [\n", 1, 1)]
)
def test_not_toml(text: str, line: int, column: int) -> None:
    settings, (told,) = read(text)
    assert settings == NOTHING
    assert told.code == "CNN701"
    assert told.message.startswith("not TOML: ")
    assert (told.span.line, told.span.column) == (line, column)


def test_table_that_is_none() -> None:
    _, (told,) = read("[tool]\ncnncalc = 3\n", "pyproject.toml")
    assert (told.code, told.span.line) == ("CNN703", 2)


def test_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "cnncalc.toml"
    path.write_bytes(b"\xff")
    diagnostics = Diagnostics()
    assert read_settings(str(path), "cnncalc.toml", diagnostics) == NOTHING
    (told,) = diagnostics
    assert (told.code, told.message) == ("CNN701", "the settings cannot be read: no UTF-8")


# -- where they are -------------------------------------------------------------------------

OURS, OTHERS = "[tool.cnncalc]\nmax_params = 3\n", "[project]\nname = 'cnncalc'\n"

TREES: dict[str, tuple[dict[str, str], str | None]] = {
    "beside the spec": ({"a/b/pyproject.toml": OURS}, "a/b/pyproject.toml"),
    "above it": ({"pyproject.toml": OURS}, "pyproject.toml"),
    "the nearest": (
        {"pyproject.toml": OURS, "a/pyproject.toml": OURS},
        "a/pyproject.toml",
    ),
    "our own file comes first": (
        {"a/pyproject.toml": OURS, "a/cnncalc.toml": ""},
        "a/cnncalc.toml",
    ),
    "the nearer comes first": (
        {"a/b/pyproject.toml": OURS, "a/cnncalc.toml": ""},
        "a/b/pyproject.toml",
    ),
    "one that does not speak of us": (
        {"a/b/pyproject.toml": OTHERS, "pyproject.toml": OURS},
        "pyproject.toml",
    ),
    "a table of ours alone": (
        {"a/pyproject.toml": "[tool.cnncalc.budgets]\nmax_params = 3\n"},
        "a/pyproject.toml",
    ),
    "below it": ({"a/b/c/pyproject.toml": OURS}, None),
}


@pytest.mark.parametrize(("files", "found"), TREES.values(), ids=TREES)
def test_nearest(files: dict[str, str], found: str | None, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "a" / "b").mkdir(parents=True, exist_ok=True)
    path = nearest(str(tmp_path / "a" / "b"))
    assert path == (str(tmp_path / found) if found else None)
