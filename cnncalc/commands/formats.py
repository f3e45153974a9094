"""The formats of each command: its option, help and completion are made from them, and its output.

A renderer is imported when its format is chosen, so this is quick to import; annotations are no
texts here, as each would be compiled.
"""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from cnncalc.records import NamedTuple
from cnncalc.streams import Ours, write_ours

_REPORT = "cnncalc.report"


class Format(NamedTuple):
    """A way to write what a command found.

    name: what the option takes; purpose: who or what it is for
    renderer: the module of the function, named like it, that makes a text of what was found, or
        the pieces of one
    each: whether it takes one thing after another, not all at once
    folds: whether what is too long for a screen is folded in it
    terminal, ascii: the modules of those that take all of it on a terminal, and where there is no
        Unicode, if they write it otherwise
    file: whether it writes a file and makes no text
    extra: the extra of the package that has what it needs
    """

    name: str
    purpose: str
    renderer: str
    each: bool = False
    folds: bool = False
    terminal: str | None = None
    ascii: str | None = None
    file: bool = False
    extra: str | None = None


ANALYZE = (
    Format(
        "text",
        "people: the layers, the totals, and what the numbers mean",
        f"{_REPORT}.table.to_text",
        each=True,
        folds=True,
        terminal=f"{_REPORT}.table.to_terminal",
        ascii=f"{_REPORT}.table.to_ascii",
    ),
    Format("json", "programs; fields are added, never changed", f"{_REPORT}.table.to_json"),
    Format("csv", "spreadsheets: a line per layer, exact numbers", f"{_REPORT}.table.to_csv"),
    Format(
        "markdown",
        "a README or a pull request",
        f"{_REPORT}.table.to_markdown",
        each=True,
        folds=True,
    ),
)

COMPARE = (
    Format(
        "text",
        "people: the totals side by side, and what is different",
        f"{_REPORT}.comparison.to_text",
        terminal=f"{_REPORT}.comparison.to_terminal",
    ),
    Format(
        "markdown",
        "a comment on a pull request, the layers folded away",
        f"{_REPORT}.comparison.to_markdown",
    ),
    Format("json", "programs; fields are added, never changed", f"{_REPORT}.comparison.to_json"),
)

CHECK = (
    Format(
        "text",
        "people; with the lines of the spec, and a summary",
        f"{_REPORT}.findings.to_text",
    ),
    Format(
        "concise",
        "editors and `grep`: a line each, `path:line:column: CODE message`",
        f"{_REPORT}.findings.to_concise",
    ),
    Format("json", "programs; fields are added, never changed", f"{_REPORT}.findings.to_json"),
    Format("github", "annotations of GitHub Actions", f"{_REPORT}.findings.to_github"),
    Format("gitlab", "the Code Quality report of GitLab", f"{_REPORT}.findings.to_gitlab"),
    Format("sarif", "code scanning: SARIF 2.1.0", f"{_REPORT}.findings.to_sarif"),
    Format(
        "html",
        "a page for a browser: the lines of the specs around each",
        f"{_REPORT}.page.findings.to_html",
    ),
    Format("junit", "test reports: a test case per file", f"{_REPORT}.findings.to_junit"),
)

EXPORT = (
    Format("torch", "PyTorch: source that stands alone", "cnncalc.lowering.source"),
    Format(
        "onnx",
        "other runtimes, with the weights of --weights or fresh ones",
        "cnncalc.runtime.onnx.to_onnx",
        file=True,
        extra="onnx",
    ),
    Format(
        "pt2",
        "PyTorch without this code: torch.export, with weights likewise",
        "cnncalc.runtime.to_pt2",
        file=True,
        extra="torch",
    ),
)

EXPLAIN = (
    Format("text", "people; of anything that is explained", f"{_REPORT}.counts.to_text"),
    Format("json", "programs: of a layer, or of --flops", f"{_REPORT}.counts.to_json"),
)

EXPLAINED = (
    Format("text", "people: every number with its formula", f"{_REPORT}.explanation.to_text"),
    Format("json", "programs: the numbers, and the formulas", f"{_REPORT}.explanation.to_json"),
)
"""Of a layer: what `explain SPEC LAYER` and `calc` find."""

PROFILE = (
    Format(
        "text",
        "people: time and rates by layer, beside what is computed",
        f"{_REPORT}.profile.to_text",
        each=True,
        folds=True,
    ),
    Format("json", "programs: seconds, bytes, every layer", f"{_REPORT}.profile.to_json"),
    Format("csv", "spreadsheets: seconds, bytes, every layer", f"{_REPORT}.profile.to_csv"),
)

COMPARED = (
    Format("text", "people: the ratios and their spread", f"{_REPORT}.profile.compared.to_text"),
    Format("json", "programs: exact seconds and ratios", f"{_REPORT}.profile.compared.to_json"),
)
"""Of `profile --compare`: some of those of `profile`."""

VERIFY = (
    Format(
        "text",
        "people: a line for each check, and what differs",
        f"{_REPORT}.verification.to_text",
        each=True,
    ),
    Format("json", "programs: every difference", f"{_REPORT}.verification.to_json"),
)

EVALUATE = (
    Format(
        "text",
        "people: how good, for each class, and what was taken for what",
        f"{_REPORT}.evaluation.to_text",
    ),
    Format("json", "programs; fields are added, never changed", f"{_REPORT}.evaluation.to_json"),
    Format("csv", "spreadsheets: a line per class, exact counts", f"{_REPORT}.evaluation.to_csv"),
)

PREDICT = (
    Format("text", "people: a sample a line", f"{_REPORT}.prediction.to_text"),
    Format("csv", "spreadsheets: a sample a line", f"{_REPORT}.prediction.to_csv"),
    Format("jsonl", "programs: a JSON document a line", f"{_REPORT}.prediction.to_jsonl"),
)

DRAW = (
    Format("text", "terminals: the graph in characters", f"{_REPORT}.picture.to_text"),
    Format("svg", "browsers, READMEs: a picture", f"{_REPORT}.picture.to_svg"),
    Format("mermaid", "Markdown on GitHub: its text draws itself", f"{_REPORT}.picture.to_mermaid"),
    Format("tikz", "papers: LaTeX that stands alone", f"{_REPORT}.picture.to_tikz"),
    Format(
        "pdf",
        "papers: a page as large as the picture",
        f"{_REPORT}.picture.to_pdf",
        file=True,
        extra="pictures",
    ),
    Format(
        "png",
        "slides, chats: pixels",
        f"{_REPORT}.picture.to_png",
        file=True,
        extra="pictures",
    ),
)

MEMORY = (
    Format(
        "text",
        "people: the shares, a curve over the layers, what fits",
        f"{_REPORT}.memory.to_text",
        each=True,
    ),
    Format("json", "programs; fields are added, never changed", f"{_REPORT}.memory.to_json"),
    Format("csv", "spreadsheets: bytes of every layer", f"{_REPORT}.memory.to_csv"),
    Format("markdown", "a README or a pull request", f"{_REPORT}.memory.to_markdown", each=True),
)

SMALL = (
    Format(
        "text", "people: flash, and what is there at the peak", f"{_REPORT}.small.to_text", True
    ),
    Format("json", "programs: every tensor in its place", f"{_REPORT}.small.to_json"),
)
"""Of `memory --dtype int8`."""

DEFINED = (
    Format("text", "people: the figures of each tool", f"{_REPORT}.definitions.to_text", True),
    Format("json", "programs: exact bytes", f"{_REPORT}.definitions.to_json"),
)
"""Of `memory --definitions`."""

WEIGHTS = (
    Format("text", "people: what it says of itself, its tensors", f"{_REPORT}.weights.to_text"),
    Format("json", "programs: all of it, the spec too", f"{_REPORT}.weights.to_json"),
)

ZOO = (
    Format(
        "text",
        "people: a network a line",
        f"{_REPORT}.zoo.to_text",
        terminal=f"{_REPORT}.zoo.to_terminal",
    ),
    Format("json", "programs: exact numbers", f"{_REPORT}.zoo.to_json"),
    Format("markdown", "a README", f"{_REPORT}.zoo.to_markdown"),
)


def names(formats: tuple[Format, ...]) -> tuple[str, ...]:
    """What the option takes; the first is the default."""
    return tuple(each.name for each in formats)


def either(formats: tuple[Format, ...]) -> str:
    """`text, json or csv`."""
    *others, last = names(formats)
    return f"{', '.join(others)} or {last}" if others else last


# -- output ---------------------------------------------------------------------------------


def load(renderer: str) -> Callable[..., Any]:
    """The function of a module that is named like it."""
    function: Callable[..., Any] = getattr(import_module(renderer), renderer.rpartition(".")[2])
    return function


def show_all(form: Format, found: object) -> None:
    """Print what a command found, all at once."""
    _write(load(_of_this_output(form) or form.renderer)(found))


def show_each(form: Format, found: Iterable[object]) -> None:
    """Print things that a command found; where the format takes them one after another, each as
    soon as it is there, an empty line between them."""
    if not form.each or _of_this_output(form):
        every = list(found)
        if every:
            show_all(form, every)
        return
    render = load(form.renderer)
    for number, one in enumerate(found):
        _write(("\n" if number else "") + render(one))
        sys.stdout.flush()


def _of_this_output(form: Format) -> str | None:
    """The renderer that the format has for this standard output; None where it is the usual."""
    if form.terminal and sys.stdout.isatty():
        return form.terminal
    has_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return None if has_unicode else form.ascii


def _write(found: str | Iterable[str]) -> None:
    """A text, or the pieces of one."""
    for text in (found,) if isinstance(found, str) else found:
        write_ours(text, sys.stdout) if isinstance(text, Ours) else sys.stdout.write(text)
