"""`cnncalc init`, and the bundles that it makes of networks of the zoo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnncalc import analyze, load, zoo
from cnncalc.commands.check import check
from cnncalc.commands.init import SCHEMA, init
from cnncalc.commands.options import UsageError
from cnncalc.language.schema.schema import text
from cnncalc.language.text.bundle import NameTakenError, bundle
from tests.commands.conftest import ROOT, Run
from tests.language.test_schema import faults
from tests.sampled import of_the_zoo

MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"


@pytest.fixture(autouse=True)
def within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_first_spec(capsys: pytest.CaptureFixture[str]) -> None:
    assert init("network.yaml", None, None) == 0
    spec = Path("network.yaml").read_text()
    assert spec.startswith(MODELINE)
    assert len(spec.splitlines()) <= 30
    assert faults(spec) == []
    assert Path(SCHEMA).read_text() == text()
    next_step = "next: cnncalc analyze network.yaml\n"
    assert capsys.readouterr().out == f"wrote network.yaml, {SCHEMA}\n{next_step}"
    totals = analyze(load("network.yaml")).totals
    widths = [
        (3, 16),
        (16, 16),
        (16, 16),
        (16, 32),
        (32, 32),
        (32, 32),
        (32, 64),
        (64, 64),
        (64, 64),
    ]
    units = [3 * 3 * channels * filters + 2 * filters for channels, filters in widths]
    assert totals.params.total == sum(units) + 64 * 10 + 10


def test_a_first_spec_gets_no_advice(capsys: pytest.CaptureFixture[str]) -> None:
    init("network.yaml", None, None)
    capsys.readouterr()
    assert check(["network.yaml"], []) == 0
    assert capsys.readouterr().out == "1 spec sound\n"


def test_what_is_there_is_left() -> None:
    Path("network.yaml").write_text("mine")
    with pytest.raises(UsageError, match=r"`network\.yaml` is there already"):
        init("network.yaml", None, None)
    assert Path("network.yaml").read_text() == "mine"
    assert not Path(SCHEMA).exists()


def test_an_old_schema_is_renewed_another_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    Path(SCHEMA).write_text(text().replace("conv", "vnoc"))
    init("a.yaml", None, None)
    assert Path(SCHEMA).read_text() == text()
    init("b.yaml", None, None)
    assert "wrote b.yaml\n" in capsys.readouterr().out
    Path(SCHEMA).write_text('{"title": "mine"}')
    with pytest.raises(UsageError, match="no schema of cnncalc"):
        init("c.yaml", None, None)
    assert Path(SCHEMA).read_text() == '{"title": "mine"}'
    assert not Path("c.yaml").exists()


def test_a_schema_elsewhere() -> None:
    init("network.yml", None, "../schemas/cnncalc.json")
    first = Path("network.yml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schemas/cnncalc.json"
    assert not Path(SCHEMA).exists()


@pytest.mark.parametrize("name", of_the_zoo(zoo.networks()))
def test_every_network_can_be_started_from(name: str, tmp_path: Path) -> None:
    """Alone in a folder it is what it is in the zoo, and valid in an editor."""
    init("mine.yaml", name, None)
    assert not re.search(r"^(extends|include):.*/", Path("mine.yaml").read_text(), re.MULTILINE)
    for path in tmp_path.glob("*.yaml"):
        assert path.read_text().startswith(MODELINE)
        assert faults(path.read_text()) == []
    mine, theirs = analyze(load("mine.yaml")).totals, analyze(load(name)).totals
    assert (mine.params, mine.ops) == (theirs.params, theirs.ops)


def test_a_family_shares_its_base(capsys: pytest.CaptureFixture[str]) -> None:
    init("a.yaml", "resnet101", None)
    init("b.yaml", "resnet152", None)
    assert "wrote b.yaml\n" in capsys.readouterr().out
    assert {path.name for path in Path().iterdir()} == {"a.yaml", "b.yaml", "resnet50.yaml", SCHEMA}
    Path("resnet50.yaml").write_text("mine")
    with pytest.raises(UsageError, match=r"`resnet50\.yaml` is there already"):
        init("c.yaml", "resnet152", None)


def test_one_name_for_two_files(tmp_path: Path) -> None:
    with pytest.raises(NameTakenError):
        bundle(ROOT / "specs/resnet/resnet101.yaml", "resnet50.yaml")
    with pytest.raises(UsageError, match=r"needs a file `resnet50\.yaml` beside it"):
        init("resnet50.yaml", "resnet101", None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("init", "no/such/folder/a.yaml"), "there is no folder `no/such/folder`"),
        (("init", "cnncalc"), "`cnncalc` is a folder; name a file"),
        (("init", "resnet50"), "`cnncalc init --from resnet50` starts from"),
        (("init", "network"), "a spec is a `.yaml` file: `cnncalc init network.yaml`"),
        (("init", "a.yaml", "--from", "resnet5"), "the zoo has no network `resnet5`; did you mean"),
    ],
)
def test_wrong_usage(cnncalc: Run, arguments: tuple[str, ...], message: str) -> None:
    run = cnncalc(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr


def test_what_cannot_be_written() -> None:
    Path(SCHEMA).symlink_to("no/such/folder/schema.json")  # a link is not followed
    with pytest.raises(UsageError, match=f"`{SCHEMA}` is there already"):
        init("network.yaml", None, None)
    assert not Path("network.yaml").exists()


def test_the_schema_is_printed(cnncalc: Run) -> None:
    assert cnncalc("schema").stdout == text()


def test_a_bundle_of_what_is_named_as_it_ships(tmp_path: Path) -> None:
    """Both are found by their names, beside no file of them."""
    spec = tmp_path / "mine.yaml"
    spec.write_text("extends: se_resnet50\ninclude: blocks/separable_conv.yaml\nname: Mine\n")
    found = bundle(spec, "mine.yaml")
    assert {"mine.yaml", "se_resnet50.yaml", "separable_conv.yaml"} <= found.keys()
    for name, written in found.items():
        (tmp_path / name).write_text(written)
    assert load(spec).name == "Mine"
    assert "extends: se_resnet50.yaml" in found["mine.yaml"]
