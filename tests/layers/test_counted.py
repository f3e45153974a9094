"""Numbers in messages: one thing is one, and what is refused looks other than what is wanted."""

import pytest

from cnncalc.layers.fields import FieldError, Whole, arriving, counted

COUNTED = {0: "0 channels", 1: "1 channel", 2: "2 channels", 25_600: "25,600 channels"}


@pytest.mark.parametrize(("count", "text"), COUNTED.items())
def test_counted(count: int, text: str) -> None:
    assert counted(count, "channel") == text
    assert arriving(count) == f"the {text} that {'arrives' if count == 1 else 'arrive'}"


NOT_WHOLE = {
    2.5: "2.5",
    64 * 0.5: "32.0",
    3.0000000000000004: "3.0000000000000004",
    1_234_567.5: "1234567.5",
    1 / 3: "0.333333",
}


@pytest.mark.parametrize(("value", "text"), NOT_WHOLE.items(), ids=map(str, NOT_WHOLE))
def test_what_is_not_whole_does_not_look_so(value: float, text: str) -> None:
    with pytest.raises(FieldError) as refused:
        Whole(1).accept(value)
    assert refused.value.reason == f"wants a whole number, got {text}"
