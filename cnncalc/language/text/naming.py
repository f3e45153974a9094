"""What a name is, of whatever a spec names: layers, branches, blocks, arguments, outputs."""

from __future__ import annotations

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.text.tree import Scalar

LONGEST_NAME = 100
SIGNS = frozenset("_-+/")

RESERVED = ("input", "previous")
"""Names that always refer to something."""

INVISIBLE = (
    *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF)),
)
"""Letters and marks that nobody sees: Unicode's Default_Ignorable_Code_Point, first and last of
each run."""


def refusal(name: str) -> str | None:
    """Why a text is no name, as a hint; None where it is one: letters and digits of any script in
    NFKC form, and the signs `_`, `-`, `+` and `/`."""
    if name in RESERVED:
        return "`input` and `previous` are taken"
    if len(name) > LONGEST_NAME:
        return f"a name has at most {LONGEST_NAME} letters, this one {len(name):,}"
    if name.isascii() and (name.isalnum() or name.isidentifier()):
        return None
    if not name.isascii():
        from unicodedata import normalize  # few specs need it

        written = normalize("NFKC", name)
        if written != name:
            return refusal(written) or f"write it `{written}`"
    if not all(map(_is_part, name)):
        return "a name is letters, digits, `_`, `-`, `+` and `/`"
    if not name[:1].isalnum() and name[:1] != "_":
        return "a name begins with a letter, a digit or `_`"
    return None


def is_name(word: Scalar, what: str, diagnostics: Diagnostics) -> bool:
    """Whether a text can name what it is for; where it cannot, that is reported."""
    hint = refusal(word.text)
    if hint:
        diagnostics.error("CNN305", word.span, f"`{word.text}` cannot name {what}", hint)
    return hint is None


def _is_part(sign: str) -> bool:
    if sign.isascii():
        return sign.isalnum() or sign in SIGNS
    seen = not any(first <= ord(sign) <= last for first, last in INVISIBLE)
    return seen and (sign.isalnum() or _is_mark(sign))


def _is_mark(sign: str) -> bool:
    """Whether it belongs to the letter before it: many scripts write vowels so."""
    from unicodedata import category

    return category(sign) in ("Mn", "Mc")
