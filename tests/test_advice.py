"""Design advice as users read it: every fixture's text, every code's page, the zoo."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.lint import RULES, advise
from cnncalc.checking.every_code import CODES
from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read, read_source
from cnncalc.report.findings.to_text import render
from cnncalc.zoo import networks
from tests.docs.rules import told_of

FIXTURES = Path(__file__).parent / "fixtures" / "advice"
SPECS = sorted(FIXTURES.glob("*.yaml"))
REGENERATE = bool(os.environ.get("REGENERATE"))
"""Set it to write the expected texts anew; then read every line of the difference."""


def advice_on(text: str) -> list[str]:
    """The codes of what is said of a sound spec."""
    diagnostics = Diagnostics()
    graph = read_source(Source("example.yaml", text), Path("example.yaml"), diagnostics)
    assert graph, list(diagnostics)
    for diagnostic in advise(analyze(graph)):
        diagnostics.add(diagnostic)
    return [diagnostic.code for diagnostic in diagnostics]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_fixture_reads_as_expected(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    diagnostics = Diagnostics()
    graph = read(path.name, diagnostics)
    assert graph
    for diagnostic in advise(analyze(graph)):
        diagnostics.add(diagnostic)
    text = render(diagnostics) + "\n"
    expected = path.with_suffix(".txt")
    if REGENERATE:
        expected.write_text(text)
    assert {found.code for found in diagnostics} == {path.stem.partition("-")[0]}
    assert text == expected.read_text()


def test_every_rule_has_a_page_and_a_fixture() -> None:
    codes = {rule.code for rule in RULES}
    assert codes == {code for code in CODES if code.startswith("CNN9")}
    assert codes == {path.stem.partition("-")[0] for path in SPECS}


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_bad_example_is_told_that_and_nothing_else(code: str) -> None:
    assert advice_on(CODES[code].bad) == [code]


@pytest.mark.parametrize("code", CODES)
def test_good_example_gets_no_advice(code: str) -> None:
    if not code.startswith("CNN7"):  # an example of settings
        assert advice_on(CODES[code].good) == []


MOST = {"warning": 1 / 6, "note": 1 / 4}
"""Share of the zoo's networks that a rule may speak of: beyond it, a rule is noise."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_is_quiet_on_the_zoo(rule: object) -> None:
    code, severity = getattr(rule, "code", ""), getattr(rule, "severity", "")
    assert len(told_of(code)) <= MOST[severity] * len(networks())


SHOULD_KNOW = {
    "CNN904": {"resnet50_v1", "resnet101_v1", "resnet152_v1"},
    "CNN906": {"inception_naive"},
    "CNN907": {"alexnet", "vgg16", "vgg19", "zfnet"},
    "CNN909": {"plain20", "plain56"},
    "CNN911": {"fcn8s"},
}
"""What later networks of the same authors, or of those that followed, did otherwise."""


@pytest.mark.parametrize("code", SHOULD_KNOW)
def test_rule_speaks_of_what_was_improved_later(code: str) -> None:
    assert SHOULD_KNOW[code] <= set(told_of(code))


SPOTLESS = [
    "resnet50",
    "resnet152",
    "mobilenet_v2",
    "inception_v3",
    "densenet121",
    "unet",
    "vit_b16",
]


@pytest.mark.parametrize("name", SPOTLESS)
def test_good_networks_hear_nothing(name: str) -> None:
    assert [rule.code for rule in RULES if name in told_of(rule.code)] == []
