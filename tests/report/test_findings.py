"""The formats of a check: each as a whole, then what other programs ask of it."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from cnncalc import __version__
from cnncalc.checking.checker import Checker
from cnncalc.checking.findings import Checked, Findings
from cnncalc.checking.policy import Policy
from cnncalc.diagnostics import Diagnostic, Note, Severity, Source, Span
from cnncalc.report.findings.to_concise import to_concise
from cnncalc.report.findings.to_github import to_github
from cnncalc.report.findings.to_gitlab import to_gitlab
from cnncalc.report.findings.to_json import to_json
from cnncalc.report.findings.to_junit import to_junit
from cnncalc.report.findings.to_sarif import to_sarif
from cnncalc.report.findings.to_text import to_text

TESTS = Path(__file__).parents[1]
PROJECT = TESTS / "fixtures" / "project"
"""A folder with a sound spec, two that are not, a library, settings, and what is no spec."""

REGENERATE = bool(os.environ.get("REGENERATE"))
"""Set it to write the expected texts anew; then read every line of the difference."""

FORMATS: dict[str, Callable[[Findings], str]] = {
    "text.txt": to_text,
    "concise.txt": to_concise,
    "findings.json": to_json,
    "github.txt": to_github,
    "gitlab.json": to_gitlab,
    "sarif.json": to_sarif,
    "junit.xml": to_junit,
}


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Findings:
    monkeypatch.chdir(PROJECT)
    checker = Checker({}, Policy())
    checker.check(".")
    return checker.findings(strict=False)


@pytest.mark.parametrize(("file", "render"), FORMATS.items(), ids=FORMATS)
def test_whole(file: str, render: Callable[[Findings], str], project: Findings) -> None:
    text = render(project).replace(__version__, "VERSION")
    expected = PROJECT / "expected" / file
    if REGENERATE:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


# -- findings by hand -----------------------------------------------------------------------


def finding(
    name: str = "a.yaml",
    severity: Severity = "error",
    message: str = "a fact",
    end_line: int = 1,
    text: str = "name: A",
    code: str = "CNN602",
) -> Diagnostic:
    span = Span(Source(name, text), 1, 7, end_line, 8)
    return Diagnostic(code, span, message, "a hint", (Note("a note", span),), severity)


def of(*found: Diagnostic, path: str = "a.yaml", **rest: Any) -> Findings:
    return Findings((Checked(path, "spec", found),), root="/project", **rest)


NOTHING = Findings((Checked("a.yaml", "spec", ()),), root="/project")


# -- text -----------------------------------------------------------------------------------

sound, broken = Checked("a.yaml", "spec", ()), Checked("b.yaml", "spec", (finding(),))
advised = Checked("c.yaml", "spec", (finding(severity="warning"),))
library = Checked("d.yaml", "library", ())
settings = Checked("cnncalc.toml", "settings", (finding("cnncalc.toml", code="CNN702"),))

SUMMARIES = {
    "nothing": (Findings(()), "no specs sound"),
    "one": (Findings((sound,)), "1 spec sound"),
    "three": (Findings((sound,) * 3, others=2), "3 specs sound, 2 files are no specs"),
    "one that is none": (Findings((sound,), others=1), "1 spec sound, 1 file is no spec"),
    "a library": (Findings((library,)), "1 block library sound"),
    "both": (Findings((sound, library, library)), "1 spec and 2 block libraries sound"),
    "one broken": (Findings((broken,)), "1 spec has problems: 1 error"),
    "one of two": (Findings((sound, broken)), "1 of 2 specs has problems: 1 error"),
    "advice": (Findings((sound, advised)), "2 specs sound: 1 warning"),
    "advice, strictly": (
        Findings((sound, advised), strict=True),
        "1 of 2 specs has problems: 1 warning",
    ),
    "settings": (
        Findings((settings, sound)),
        "1 spec sound, but the settings have problems: 1 error",
    ),
    "named": (Findings((sound,), ("ci.yml",)), "1 spec sound\nci.yml is no spec: passed over"),
    "many named": (
        Findings((sound,), ("a.yml", "b.yml", "c.yml", "d.yml", "e.yml")),
        "1 spec sound\na.yml, b.yml, c.yml and 2 more are no specs: passed over",
    ),
    "other arguments": (
        Findings((sound,), compared=False),
        "1 spec sound\n"
        "`expect` was not compared: it holds for the spec as it is, not for --set and --input",
    ),
}


@pytest.mark.parametrize(("findings", "text"), SUMMARIES.values(), ids=SUMMARIES)
def test_summary(findings: Findings, text: str) -> None:
    assert to_text(findings).rpartition("\n\n")[2] == text + "\n"


def test_many_are_not_all_shown() -> None:
    found = [finding(message=f"fact {number}") for number in range(70)]
    text = to_text(of(*found))
    assert text.count("a.yaml:1:7: CNN602") == 50
    assert "\n\n20 more; `--format concise` shows all\n\n" in text
    assert to_concise(of(*found)).count("\n") == 70


def test_what_is_wrong_in_a_base_is_told_once() -> None:
    both = Findings((broken._replace(path="x.yaml"), broken._replace(path="y.yaml")))
    assert to_text(both).count("CNN602") == 1
    assert to_text(both).endswith("\n2 specs have problems: 1 error\n")


# -- GitHub ---------------------------------------------------------------------------------

COMMAND = re.compile(r"::(?P<command>\w+) (?P<properties>[^:]*)::(?P<message>.*)")


def commanded(text: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it."""
    match = COMMAND.fullmatch(text)
    assert match
    properties = dict(pair.split("=", 1) for pair in match["properties"].split(","))
    return (
        match["command"],
        {name: unescaped(value) for name, value in properties.items()},
        unescaped(match["message"]),
    )


def unescaped(text: str) -> str:
    for code, sign in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def test_github_reads_back_what_was_meant() -> None:
    message = "100% off,\r\n a: b, %0A"
    (line,) = to_github(of(finding("a, b: 5%.yaml", message=message))).splitlines()
    command, properties, told = commanded(line)
    assert command == "error"
    assert properties == {
        "file": "a, b: 5%.yaml",
        "line": "1",
        "endLine": "1",
        "col": "7",
        "endColumn": "8",
        "title": "cnncalc CNN602",
    }
    assert told == f"{message}\nhint: a hint"


def test_github_takes_columns_on_one_line_only() -> None:
    _, properties, _ = commanded(to_github(of(finding(end_line=2))).strip())
    assert properties.keys() == {"file", "line", "endLine", "title"}


@pytest.mark.parametrize(
    ("severity", "command"), [("error", "error"), ("warning", "warning"), ("note", "notice")]
)
def test_github_commands(severity: Severity, command: str) -> None:
    assert to_github(of(finding(severity=severity))).startswith(f"::{command} ")


# -- paths ----------------------------------------------------------------------------------

PATHS = {
    "below": ("specs/a.yaml", "specs/a.yaml"),
    "through its neighbour": ("specs/b/../a.yaml", "specs/a.yaml"),
    "here": ("./a.yaml", "a.yaml"),
    "absolute": ("/project/specs/a.yaml", "specs/a.yaml"),
    "elsewhere": ("/projects/a.yaml", "/projects/a.yaml"),
    "above": ("../a.yaml", "/a.yaml"),
    "standard input": ("<stdin>", "<stdin>"),
    "an option": ("--set width=3", "spec.yaml"),
}


@pytest.mark.parametrize(("name", "path"), PATHS.values(), ids=PATHS)
def test_paths_start_at_the_root(name: str, path: str) -> None:
    findings = of(finding(name), path="spec.yaml")
    assert json.loads(to_json(findings))["findings"][0]["path"] == path
    assert json.loads(to_gitlab(findings))[0]["location"]["path"] == path


# -- GitLab ---------------------------------------------------------------------------------


def fingerprints(*found: Diagnostic) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(to_gitlab(of(*found)))]


def test_gitlab_has_what_is_required() -> None:
    (issue,) = json.loads(to_gitlab(of(finding(severity="warning"))))
    assert issue.keys() >= {"description", "check_name", "fingerprint", "severity", "location"}
    assert issue["severity"] == "minor"
    assert issue["location"] == {"path": "a.yaml", "lines": {"begin": 1, "end": 1}}


def test_no_issues_are_a_list_too() -> None:
    assert json.loads(to_gitlab(NOTHING)) == []


def test_fingerprints_stay_when_lines_move() -> None:
    moved = finding(text="# more\nname:  A", message="another number")
    moved = moved._replace(span=moved.span._replace(line=2, end_line=2))
    assert fingerprints(moved) == fingerprints(finding())


def test_fingerprints_differ() -> None:
    alike = [finding(), finding(message="another"), finding(code="CNN603"), finding("b.yaml")]
    assert len(set(fingerprints(*alike))) == 4


# -- SARIF ----------------------------------------------------------------------------------

SCHEMA = json.loads((TESTS / "reference" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "findings",
    [
        NOTHING,
        of(finding()),
        of(finding("a b%.yaml", "note", end_line=3), finding("/elsewhere/a.yaml")),
    ],
    ids=["nothing", "one", "odd places"],
)
def test_sarif_keeps_to_its_schema(findings: Findings) -> None:
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(to_sarif(findings)))


def test_the_whole_sarif_keeps_to_its_schema(project: Findings) -> None:
    document = json.loads(to_sarif(project))
    jsonschema.Draft4Validator(SCHEMA).validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({result["ruleId"] for result in run["results"]})
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]


def test_the_schema_refuses_what_is_wrong() -> None:
    document = json.loads(to_sarif(of(finding())))
    document["runs"][0]["results"][0]["level"] = "mild"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(document)


@pytest.mark.parametrize(
    ("name", "uri"),
    [("a b%.yaml", "a%20b%25.yaml"), ("/elsewhere/a.yaml", "file:///elsewhere/a.yaml")],
)
def test_sarif_uris(name: str, uri: str) -> None:
    (result,) = json.loads(to_sarif(of(finding(name))))["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": uri}


# -- JUnit ----------------------------------------------------------------------------------

# element: its required attributes, its others, what may stand in it; as the xUnit plugin of
# Jenkins reads it, src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time", "timestamp", "hostname", "id", "package", "file"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"failure", "error", "skipped", "system-out", "system-err"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}


def read_junit(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        required, optional, children = JUNIT[element.tag]
        assert required <= element.attrib.keys() <= required | optional
        assert {child.tag for child in element} <= children
    for suite in root.iter("testsuite"):
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    return root


def test_junit_of_a_project(project: Findings) -> None:
    root = read_junit(to_junit(project))
    failed = [
        case.get("name") for case in root.iter("testcase") if case.find("failure") is not None
    ]
    assert failed == ["broken.yml", "unmet.yaml"]


def test_junit_tells_problems_from_advice() -> None:
    both = of(finding(), finding(severity="warning", message="advice"))
    (case,) = read_junit(to_junit(both)).iter("testcase")
    failure, output = case.find("failure"), case.find("system-out")
    assert failure is not None
    assert (failure.get("message"), failure.get("type")) == ("1 error", "CNN602")
    assert output is not None
    assert "warning CNN602 advice" in (output.text or "")


def test_junit_of_nothing() -> None:
    (case,) = read_junit(to_junit(NOTHING)).iter("testcase")
    assert (case.get("name"), list(case)) == ("a.yaml", [])


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_file_names_need_be_no_text(render: Callable[[Findings], str]) -> None:
    name = os.fsdecode(b"\xff.yaml")
    assert ".yaml" in render(of(finding(name), path=name))


@pytest.mark.parametrize("sign", ["<&>\"'", "\x0b", "\uffff", "\ud800"], ids=ascii)
def test_junit_is_xml_whatever_stands_in_a_spec(sign: str) -> None:
    read_junit(to_junit(of(finding(f"{sign}.yaml", text=f"name: {sign}"), path=f"{sign}.yaml")))
