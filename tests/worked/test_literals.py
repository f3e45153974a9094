"""Numbers as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.worked.array import Array
from cnncalc.worked.array_files import read_values, write_values
from cnncalc.worked.literals import ValuesError, is_literal, literal

READ = {
    "101 010 101": ((1, 3, 3), [1, 0, 1, 0, 1, 0, 1, 0, 1]),
    "10 11": ((1, 2, 2), [1, 0, 1, 1]),
    "1 0 1": ((3,), [1, 0, 1]),
    "12 5": ((2,), [12, 5]),
    "1 2; 3 4": ((1, 2, 2), [1, 2, 3, 4]),
    "1,2\n3,4\n": ((1, 2, 2), [1, 2, 3, 4]),
    "1 2 / 3 -4.5": ((1, 2, 2), [1, 2, 3, -4.5]),
    "1,2\n3,4\n\n5,6\n7,8\n": ((2, 2, 2), [1, 2, 3, 4, 5, 6, 7, 8]),
    "1 2; 3 4 | 5 6; 7 8": ((2, 2, 2), [1, 2, 3, 4, 5, 6, 7, 8]),
    "[[1, 2], [3, 4]]": ((1, 2, 2), [1, 2, 3, 4]),
    "[1, 2.5, -3e-1]": ((3,), [1, 2.5, -0.3]),
    "[[[1]], [[2]]]": ((2, 1, 1), [1, 2]),
    ".5 1.": ((2,), [0.5, 1]),
}


@pytest.mark.parametrize("text", READ)
def test_literals(text: str) -> None:
    assert is_literal(text)
    assert literal(text) == Array(*READ[text])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1 2; 3", "row 0 has 2 numbers, row 1 has 1"),
        ("1 2; 3 4 | 5 6", "row 0 has 2 numbers, row 1 has 1"),
        ("[1, [2]]", "side by side"),
        ("[[1, 2]", "without its"),
        ("[1]]", "too many"),
        ("[1] [2]", "one list"),
        ("[]", "empty"),
        ("[[[[[1]]]]]", "more than 4 brackets"),
        ("1 - 2", "`-` is no number"),
        ("1e999", "too large"),
        ("1 2; e", "`e` is no number"),
    ],
)
def test_what_is_no_array(text: str, says: str) -> None:
    with pytest.raises(ValuesError, match=says):
        literal(text)


def test_names_are_no_literals() -> None:
    assert not any(map(is_literal, ["edge", "values.csv", "./101", "", "-", "e", "__import__"]))


@pytest.mark.parametrize("suffix", [".csv", ".npy", ".png"])
def test_written_and_read_again(suffix: str, tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    found = Array((3, 2, 2), [float(n * 20) for n in range(12)])
    file = tmp_path / f"values{suffix}"
    write_values(found, file, suffix)
    assert read_values(str(file)) == found


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("broken.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'", "no whole"),
        (
            "pickled.npy",
            b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, "
            b"'shape': (1,), }" + b" " * 61 + b"\n\x80\x04N.",
            "no whole",
        ),
        ("no.png", b"text", "no picture"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "pictur"),
        ("words.csv", b"a,b\n", "`a` is no number"),
        ("bytes.csv", b"\xff\xfe\x00", "no text"),
    ],
)
def test_broken_files(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValuesError, match=says):
        read_values(str(tmp_path / name))


def test_a_header_that_lies_takes_no_memory(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    file = tmp_path / "lies.npy"
    numpy.save(file, numpy.zeros(8))
    file.write_bytes(file.read_bytes().replace(b"(8,)", b"(8888888888888,)"))
    with pytest.raises(ValuesError):
        read_values(str(file))


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValuesError, match="is a folder"):
        read_values(str(tmp_path))
    with pytest.raises(ValuesError, match="no such file"):
        read_values(str(tmp_path / "none.csv"))
    with pytest.raises(ValuesError, match="pipe or a device"):
        read_values("/dev/zero")
