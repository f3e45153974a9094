"""Comments that ignore what is found on their line."""

import pytest

from cnncalc.checking.ignores import read_ignores
from cnncalc.diagnostics import Diagnostic, Diagnostics, Source, Span

SPEC = "input: 3x32x32\nlayers:\n  - relu   # {}\n"


def read(comment: str) -> tuple[list[tuple[int, tuple[str, ...]]], list[Diagnostic]]:
    """Lines and codes of the comments in a spec, and what is wrong with them."""
    diagnostics = Diagnostics()
    found = read_ignores(Source("a.yaml", SPEC.replace("{}", comment)), diagnostics)
    return [(line, ignore.codes) for line, ignore in found.items()], list(diagnostics)


FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "one code": ("cnncalc: ignore[CNN602]", ("CNN602",)),
    "several": ("cnncalc: ignore[CNN602, CNN605,CNN801]", ("CNN602", "CNN605", "CNN801")),
    "a family": ("cnncalc: ignore[CNN8]", ("CNN8",)),
    "all": ("cnncalc: ignore", ()),
    "with a reason": ("cnncalc: ignore[CNN602] as printed", ("CNN602",)),
    "behind another comment": ("the paper's # cnncalc: ignore[CNN602]", ("CNN602",)),
    "no spaces": ("cnncalc:ignore[CNN602]", ("CNN602",)),
}


@pytest.mark.parametrize(("comment", "codes"), FORMS.values(), ids=FORMS)
def test_form(comment: str, codes: tuple[str, ...]) -> None:
    assert read(comment) == ([(3, codes)], [])


WRONG = {
    "no brackets": (
        "cnncalc: ignore CNN602",
        "`cnncalc: ignore CNN602` says nothing that cnncalc knows",
    ),
    "another word": ("cnncalc: noqa", "`cnncalc: noqa` says nothing that cnncalc knows"),
    "no such code": ("cnncalc: ignore[CNN699]", "there is no diagnostic CNN699"),
    "no code": ("cnncalc: ignore[E501]", "`E501` is no code"),
    "lower case": ("cnncalc: ignore[cnn602]", "`cnn602` is no code"),
    "what cannot be ignored": (
        "cnncalc: ignore[CNN401]",
        "CNN401 cannot be ignored: what has it cannot be checked",
    ),
}


@pytest.mark.parametrize(("comment", "message"), WRONG.values(), ids=WRONG)
def test_wrong(comment: str, message: str) -> None:
    found, (told,) = read(comment)
    assert not found
    assert (told.code, told.severity, told.message) == ("CNN802", "warning", message)
    assert (told.span.line, told.span.column) == (3, 12)


def test_one_wrong_code_leaves_the_others() -> None:
    found, told = read("cnncalc: ignore[CNN401, CNN602]")
    assert found == [(3, ("CNN602",))]
    assert len(told) == 1


TEXTS = {
    "in a block": "about: >\n  write # cnncalc: ignore[CNN602]\n  there\ninput: 3x32x32\n",
    "in quotes": 'about: "write # cnncalc: ignore"\ninput: 3x32x32\n',
    "in a word": "about: see#cnncalc: ignore\ninput: 3x32x32\n",
    "a key": "cnncalc: ignore\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_no_comment(text: str) -> None:
    diagnostics = Diagnostics()
    assert read_ignores(Source("a.yaml", text), diagnostics) == {}
    assert not list(diagnostics)


@pytest.mark.parametrize(
    ("comment", "code", "covered"),
    [
        ("cnncalc: ignore[CNN602]", "CNN602", True),
        ("cnncalc: ignore[CNN602]", "CNN605", False),
        ("cnncalc: ignore[CNN6]", "CNN605", True),
        ("cnncalc: ignore", "CNN605", True),
        ("cnncalc: ignore", "CNN401", False),
        ("cnncalc: ignore[CNN6]", "CNN601", False),
    ],
)
def test_what_it_covers(comment: str, code: str, covered: bool) -> None:
    source = Source("a.yaml", SPEC.replace("{}", comment))
    ignore = read_ignores(source, Diagnostics())[3]
    assert ignore.covers(Diagnostic(code, Span(source, 3, 5, 3, 9), "x")) == covered
