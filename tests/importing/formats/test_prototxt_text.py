"""Protocol buffers as text."""

from __future__ import annotations

import pytest

from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.formats.prototxt_text import DEEPEST, Message, read_message

TEXT = """
name: "a 'net'"  # a comment { not a brace
layer { name: 'one' bottom: "x" bottom: "y"
  param < lr_mult: 1.5e-3, >
  sizes: [1, 2, 3]; on: true
}
layer: { text: "in " 'two' }
"""


def test_fields_in_order() -> None:
    whole = read_message(TEXT)
    assert whole.word("name") == "a 'net'"
    one, two = whole.messages("layer")
    assert one.line == 3
    assert one.words("bottom") == ["x", "y"]
    assert one.message("param").real("lr_mult", 0) == 1.5e-3
    assert one.wholes("sizes") == [1, 2, 3]
    assert one.truth("on", False)
    assert two.word("text") == "in two"
    assert whole.message("none") == Message((), 1)


WRONG = {
    "not closed": ("a {\n b: 1\n", 3, "`}` or a field is wanted, got the end of the file"),
    "closed twice": ("a { b: 1 }\n}", 2, "a field is wanted, got `}`"),
    "closed otherwise": ("a { b: 1 >", 1, "`}` or a field is wanted"),
    "no value": ("a:\n\n}", 3, "a value is wanted"),
    "no colon": ("a 1", 1, "wants `:` or `{` behind it, got `1`"),
    "a text without an end": ('a: "b\n', 1, '`"` means nothing here'),
    "no end of a list": ("a: [1, 2", 1, "a value is wanted"),
    "too deep": ("a {" * (DEEPEST + 2), 1, f"more than {DEEPEST} deep"),
    "signs": ("\n$", 2, "`$` means nothing here"),
}


@pytest.mark.parametrize(("text", "line", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_has_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_message(text)
    assert said in caught.value.problem.what
    assert caught.value.problem.line == line


MEANT_OTHERWISE = {
    "whole": ("n: 1.5", lambda m: m.whole("n", 0)),
    "whole of many digits": (f"n: {'9' * 5000}", lambda m: m.whole("n", 0)),
    "least": ("n: 0", lambda m: m.whole("n", 1, 1)),
    "real": ("n: many", lambda m: m.real("n", 0)),
    "truth": ("n: 2", lambda m: m.truth("n", False)),
    "message": ("n: 2", lambda m: m.message("n")),
    "messages": ("n: 2", lambda m: m.messages("n")),
    "word": ("n { a: 1 }", lambda m: m.word("n")),
}


@pytest.mark.parametrize("name", MEANT_OTHERWISE)
def test_values_of_another_sort(name: str) -> None:
    text, read = MEANT_OTHERWISE[name]
    with pytest.raises(FormatError, match="`n` wants"):
        read(read_message(text))
