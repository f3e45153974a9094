"""Every network of the zoo against PyTorch, and against its line in `docs/verification.md`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.runtime.verify import verify
from cnncalc.runtime.verify.threads import one_thread
from cnncalc.verification import Check
from cnncalc.zoo import networks
from tests.docs.verification import cells, line, lines
from tests.sampled import of_the_zoo
from tests.test_networks import SPECS as PATHS

pytestmark = pytest.mark.torch

SPECS = {name: str(path) for name, path in networks().items()}
PLACES = {path.rpartition("/")[2]: path for path in PATHS}
SMALL = [
    "lenet5",
    "lenet5_1998",
    "cifar_maxout",
    "neocognitron",
    "weightnorm_cnn",
    "lstm",
    "show_and_tell",
]


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with one_thread():
        yield


# ResNet-1202 is ResNet-110 with more of the same, and takes ten times as long
@pytest.mark.parametrize("spec", of_the_zoo(SPECS))
def test_every_number(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arithmetic, and without the process for the source."""
    monkeypatch.setattr(
        "cnncalc.runtime.verify.check_exported", lambda *given: Check("exported source", "", "")
    )
    graph = load(SPECS[spec])
    totals = analyze(graph).totals
    checks = {check.name: check for check in verify(graph, device="meta").checks}
    assert not [finding for check in checks.values() for finding in check.findings]
    assert checks["output shapes"].compared.startswith(f"{len(graph.layers):,} layer")
    assert checks["MACs"].compared == f"{checks['output shapes'].compared}, 1 total"
    has_map = any(len(node.shape) > 1 for node in graph.inputs.values())
    assert bool(checks["receptive field"].compared) == has_map
    assert not checks["gradients"].unconfirmed
    assert totals.params.trainable == 0 or checks["gradients"].compared
    place = PLACES[spec]
    *written, exported = lines()[place].strip("| ").split(" | ")
    assert cells(place, graph, checks) == written
    assert exported == "same bits"  # that it is so: below, and in tests/lowering


@pytest.mark.parametrize("spec", SMALL)
def test_with_numbers(spec: str) -> None:
    """The gradients, too, and the source in a process by itself."""
    assert line(PLACES[spec]) == lines()[PLACES[spec]]
