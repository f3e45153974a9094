"""Specs made to break the reader: each gives a message or a graph, soon and in little memory."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("resource")

from tests.limited import run_limited

READ_ONE = Path(__file__).parent / "read_one.py"


def outcome(path: Path | str) -> str:
    """The codes of what is wrong with a spec, or its graph, within the bounds."""
    run = run_limited(READ_ONE, str(path))
    assert run.stderr == ""
    assert run.returncode == 0
    return run.stdout.strip()


def spec(*layers: str, head: str = "input: 3x32x32") -> str:
    """A spec with these items."""
    return "\n".join([head, "layers:", *(f"  - {layer}" for layer in layers), ""])


# -- texts ----------------------------------------------------------------------------------

TEXTS: dict[str, tuple[str, bytes | str]] = {
    "brackets": ("CNN105", "layers: " + "[" * 200_000),
    "braces": ("CNN105", "layers: " + "{" * 200_000),
    "dashes": ("CNN105", "layers:\n" + "- " * 100_000),
    "questions": ("CNN105", "layers:\n  " + "? " * 100_000),
    "indented nest": ("CNN105", "".join("  " * depth + "layers:\n" for depth in range(1_000))),
    "quotes": ("CNN101", 'layers: ' + '"' * 199_999),
    "closing": ("CNN101", "layers: " + "]" * 100_000),
    "colons": ("CNN101", "layers: " + ": " * 100_000),
    "commas": ("CNN101", "layers: [" + "," * 100_000),
    "parentheses": ("graph 1", spec(f"{{relu: , repeat: {'(' * 90}1{')' * 90}}}")),
    "many parentheses": ("CNN502", spec(f"linear: {'(' * 100_000}")),
    "minus signs": ("CNN502", spec(f"linear: {'-' * 199}1")),
    "nots": ("CNN502", spec("{relu: , when: " + "not " * 48 + "true}", "{relu: , when: x + }")),
    "long expression": ("CNN502", spec(f"linear: {'1 + ' * 2_500}1")),
    "digits": ("CNN502", spec(f"linear: {'9' * 100_000}")),
    "size of digits": ("CNN502", spec("relu", head=f"input: 3x{'9' * 100_000}")),
    "expected digits": ("CNN601", spec("relu") + f"expect: {{output: {'9' * 100_000}}}"),
    "repeat of digits": ("CNN508", spec(f"{{relu: , repeat: {'9' * 5_000}}}")),
    "long line": ("CNN208", f"input: 3x8x8\nlayers: [{'relu, ' * 150_000}[a]]\n"),
    "many values": ("CNN106", f"layers: [{'a,' * 2_000_000}]\n"),
    "many lists": ("CNN106", f"layers: [{'[],' * 1_200_000}]\n"),
    "many layers": ("graph 30000", spec(*["conv: {filters: 3, kernel: 1}"] * 30_000)),
    "long word": ("CNN201", spec("x" * 1_000_000)),
    "long name": ("CNN305", spec(f"{{relu: , name: {'x' * 100_000}}}")),
    "NUL": ("CNN107", "input: 3x8x8\0\n"),
    "binary": ("CNN107", bytes(range(256)) * 4_000),
    "UTF-16": ("CNN107", spec("relu").encode("utf-16")),
    "UTF-32": ("CNN107", spec("relu").encode("utf-32")),
    "byte order mark": ("graph 1", b"\xef\xbb\xbf" + spec("relu").encode()),
    "byte order mark within": ("CNN107", spec("\ufeffrelu")),
    "CRLF": ("graph 2", spec("relu", "tanh").replace("\n", "\r\n")),
    "CR": ("graph 2", spec("relu", "tanh").replace("\n", "\r")),
    "line separators": ("graph 2", spec("relu", "tanh").replace("\n", "\u2028")),
    "tabs": ("CNN101", spec("relu").replace("  -", "\t-")),
    "tab after a value": ("graph 1", spec("relu\t")),
    "empty": ("CNN108", ""),
    "spaces": ("CNN108", " \n \n"),
    "comments": ("CNN108", "# input: 3x8x8\n" * 10_000),
    "document marks": ("CNN104", "layers: []\n" + "---\n" * 50_000),
    "ends of documents": ("CNN101", "layers: [\n" + "...\n" * 50_000),
    "directives": ("CNN101", "layers: []\n...\n" + "%YAML 1.1\n" * 1_000),
    "anchors": ("CNN103", spec("&a relu", "*a")),
    "laughing aliases": (
        "CNN103",
        "blocks:\n a: &a [x, x, x]\n"
        + "".join(f" {new}: &{new} [{f'*{old}, ' * 9}]\n" for old, new in pairwise("abcdefghi")),
    ),
    "undefined alias": ("CNN103", spec("*nowhere")),
    "tags": ("CNN103", spec("!!python/object/apply:os.system [echo]")),
    "merge keys": ("CNN103", spec("conv: {<<: [{kernel: 3}, {kernel: 5}], filters: 3}")),
    "same key": ("CNN102", "layers: {" + "a: 1, " * 50_000 + "}"),
    "unicode names": ("graph 2", spec("{relu: , name: слой}", "{add: [слой, input]}")),
    "combined letters": ("CNN201", spec("e\u0301" * 1_000)),
    "emoji": ("graph 1", spec("relu", head="name: 🧠\ninput: 3x8x8")),
    "spaces in a key": ("CNN202", spec(f"{{conv: {{filters: 3, ? 'kernel{' ' * 200_000}' : 3}}}}")),
    "right to left": ("CNN201", spec("\u202erelu")),
}  # fmt: skip


@pytest.mark.parametrize(("expected", "text"), TEXTS.values(), ids=TEXTS)
def test_text(tmp_path: Path, expected: str, text: bytes | str) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found = outcome(path)
    assert expected == found or expected in found.split()


# -- networks -------------------------------------------------------------------------------


def calls(levels: int, each: str, last: str = "relu") -> str:
    """Blocks that call the next one ten times each."""
    blocks = [
        f"  b{level}: {{layers: [{', '.join([each.format(f'b{level + 1}')] * 10)}]}}"
        for level in range(levels)
    ]
    blocks.append(f"  b{levels}: {{layers: [{last}]}}")
    return "\n".join(["input: 3x8x8", "blocks:", *blocks, "layers: [b0]", ""])


def nested(levels: int, beside: str, last: str = "relu") -> str:
    """Groups within groups, each with something beside it."""
    text = last
    for _ in range(levels):
        text = f"{{layers: [{text}], {beside}}}"
    return spec(text)


def shared(levels: int) -> str:
    """Groups that are the one before, ten times."""
    items = ["{name: s0, layers: [relu]}"]
    for level in range(1, levels):
        again = ", ".join([f"{{share: s{level - 1}}}"] * 10)
        items.append(f"{{name: s{level}, layers: [{again}]}}")
    return spec(*items)


def primes(*rates: int) -> str:
    """Maps stretched and shrunk by rates that have nothing in common."""
    items = [
        item
        for rate in rates
        for item in (
            f"upsample: {rate}",
            f"max_pool: {{kernel: {rate + 1}, stride: {rate + 2}}}",
        )
    ]
    return spec(*items, head="input: 3x999x999")


NETWORKS = {
    "calls itself": ("CNN507", calls(0, "", "b0")),
    "calls itself when": ("CNN507", calls(0, "", "{b0: , when: in_channels > 0}")),
    "call each other": ("CNN507", calls(1, "{}", "b0")),
    "calls of calls": ("CNN508", calls(9, "{}")),
    "calls of calls when": ("CNN508", calls(9, "{{{}: , when: true}}")),
    "calls of calls of nothing": ("CNN508", calls(9, "{}", "{relu: , when: false}")),
    "calls of calls of empty lists": ("CNN508", calls(9, "{}", "layers: []")),
    "many calls": ("graph 10000", calls(4, "{}")),
    "deep calls": ("CNN508", calls(60, "{}").replace("b1, " * 9, "")),
    "deep groups": ("CNN105", nested(70, "when: true")),
    "repeat": ("CNN508", spec("{relu: , repeat: 1000000000}")),
    "repeat of an expression": ("CNN508", spec("{relu: , repeat: 10**15}")),
    "repeat of nothing": ("CNN508", spec("{relu: , repeat: 10**9, when: false}")),
    "nested repeats": ("CNN508", nested(9, "repeat: 10")),
    "nested repeats of expressions": ("CNN508", nested(9, "repeat: 5 * 2")),
    "nested repeats of nothing": ("CNN508", nested(9, "repeat: 5 * 2", "{relu: , when: false}")),
    "nested rows": ("CNN508", nested(9, "each: [n], rows: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]")),
    "shares of shares": ("CNN508", shared(10)),
    "share itself": ("CNN301", spec("{name: s, layers: [{share: s}]}")),
    "wide channels": ("graph 1", spec("conv: {filters: 1000000000, kernel: 3}")),
    "wide kernel": ("CNN402", spec("conv: {filters: 3, kernel: 1000000000}")),
    "wide padding": ("graph 1", spec("conv: {filters: 3, kernel: 3, padding: 1000000000}")),
    "wide same": ("graph 1", spec("conv: {filters: 3, kernel: 1000000000, padding: same}")),
    "wide stride": ("graph 1", spec("conv: {filters: 3, kernel: 3, stride: 1000000000}")),
    "wide dilation": ("graph 1", spec("conv: {filters: 3, kernel: 1, dilation: 1000000000}")),
    "many groups": ("CNN404", spec("conv: {filters: 1000000000, kernel: 3, groups: 1000000000}")),
    "wide input": ("graph 1", spec("relu", head=f"input: {'x'.join(['1000000000'] * 4)}")),
    "wide upsample": ("graph 1", spec("upsample: 1000000000")),
    "wide upsamples": ("CNN402", spec("{upsample: 1000000000, repeat: 1000}")),
    "wide transposed": (
        "graph 2",
        spec(
            "conv_transpose: {filters: 3, kernel: 3, stride: 1000000}",
            "conv: {filters: 3, kernel: 3}",
        ),
    ),
    "wide adaptive": (
        "graph 2",
        spec("adaptive_avg_pool: 1000000000", "adaptive_max_pool: 999999937"),
    ),
    "wide shuffle": ("CNN404", spec("pixel_shuffle: 1000000000")),
    "wide pad": ("graph 1", spec("pad: 1000000000")),
    "wide crop": ("CNN402", spec("crop: 1000000000")),
    "wide flatten": ("CNN402", spec("flatten", head=f"input: {'x'.join(['1000000000'] * 4)}")),
    "wide linear": (
        "graph 2",
        spec("linear: 1000000000", "linear: 1000000000", head="input: 1000000000"),
    ),
    "wide slice": ("CNN404", spec("slice: {start: 999999999, stop: 1000000000}")),
    "wide response norm": ("graph 1", spec("local_response_norm: 1000000000")),
    "concat of concats": ("CNN402", spec("{concat: [[identity], [identity]], repeat: 60}")),
    "strides of strides": (
        "graph 1000",
        spec("{conv: {filters: 3, kernel: 1, stride: 1000000000}, repeat: 1000}"),
    ),
    "prime rates": ("graph 12", primes(2, 3, 5, 7, 11, 13)),
}  # fmt: skip


@pytest.mark.parametrize(("expected", "text"), NETWORKS.values(), ids=NETWORKS)
def test_network(tmp_path: Path, expected: str, text: str) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(text)
    found = outcome(path)
    assert expected == found or expected in found.split()


# -- files ----------------------------------------------------------------------------------


def test_missing(tmp_path: Path) -> None:
    assert outcome(tmp_path / "missing.yaml") == "CNN107"


def test_folder(tmp_path: Path) -> None:
    assert outcome(tmp_path) == "CNN107"


def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text(spec("relu"))
    path.chmod(0)
    assert outcome(path) == ("graph 1" if os.access(path, os.R_OK) else "CNN107")


def test_fifty_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    assert outcome(path) == "CNN106"


def test_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert outcome(tmp_path / "pipe.yaml") == "CNN107"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_device(device: str) -> None:
    assert outcome(device) == "CNN107"


def test_name_that_no_file_can_have() -> None:
    assert outcome("x" * 10_000) == "CNN107"


@pytest.mark.parametrize("key", ["include", "extends"])
@pytest.mark.parametrize(
    "name", ["/dev/zero", "pipe.yaml", ".", "loop.yaml", "hostile.yaml", "a\\0b", "x" * 10_000]
)
def test_what_a_spec_leads_to(tmp_path: Path, key: str, name: str) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    path = tmp_path / "hostile.yaml"
    path.write_text(spec("relu", head=f'input: 3x8x8\n{key}: "{name}"'))
    assert outcome(path) in ("CNN107", "CNN510", "CNN112")


def test_files_that_include_two_each(tmp_path: Path) -> None:
    """2^15 ways lead to the last file, which is read once."""
    for number in range(15):
        path = tmp_path / f"{number}.yaml"
        both = ", ".join(f"{number + 1}{side}.yaml" for side in "ab")
        for side in "ab":
            path = tmp_path / f"{number}{side}.yaml"
            path.write_text(f"include: [{both}]\n")
    for side in "ab":
        (tmp_path / f"15{side}.yaml").write_text(f"blocks: {{unit_{side}: {{layers: [relu]}}}}\n")
    path = tmp_path / "first.yaml"
    path.write_text(spec("unit_a", "unit_b", head="include: 1a.yaml\ninput: 3x8x8"))
    assert outcome(path) == "graph 2"
