"""`python -m benchmarks.record` on a GPU: what cannot be measured is said, the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import torch

from benchmarks.record import main
from cnncalc.runtime.exhaustion import release
from tests import cuda_double

pytestmark = [pytest.mark.torch, pytest.mark.cuda]

MIB = 2**20
SHORT = ["--device", "cuda", "--rounds", "1"]


def rows(capsys: pytest.CaptureFixture[str]) -> tuple[list[list[str]], str]:
    """The cells of the measured networks, and the page."""
    page = capsys.readouterr().out
    lines = [line for line in page.splitlines() if re.search(r"\| (eager|compiled) \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines], page


def test_what_does_not_fit_has_a_row(
    capsys: pytest.CaptureFixture[str], device_memory: Callable[..., None]
) -> None:
    """AlexNet has 61.1 M params of 4 bytes, 233 MiB; the pair at the end does not fit, either."""
    release()
    device_memory(torch.cuda.memory_reserved() + 16 * MIB)
    main([*SHORT, "--batch", "2", "--networks", "alexnet,lenet5"])
    (large, small), page = rows(capsys)
    assert large[3:] == ["eager", "too large: 0 fit"]
    assert "of the ceiling" not in small
    assert len(small) == 12
    assert page.rstrip().endswith("fp32: too large: 0 fit")


@pytest.mark.skipif(not cuda_double.wanted(), reason="a real device compiles it")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the compiler's own
def test_what_is_not_compiled_has_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    main([*SHORT, "--batch", "1", "--networks", "lenet5,mlp", "--compile", "1"])
    found, page = rows(capsys)
    assert [row[3] for row in found] == ["eager", "compiled"] * 2
    assert all(row[4].startswith("not compiled: ") for row in found if row[3] == "compiled")
    assert "## The Inception pair, in turn" in page
    assert "half of the rounds" in page


def test_each_row_has_its_own_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    main([*SHORT, "--batch", "1", "--networks", "mlp", "--dtype", "tf32,fp32,bf16"])
    found, page = rows(capsys)
    assert [row[1] for row in found] == ["tf32", "fp32", "bf16"]
    assert all(row[9] == "equal" for row in found)
    assert page.count("on double of a GPU" if cuda_double.wanted() else "```text") == 3
