"""`python -m tests.lowering.record_autocast NAME...` prints what is counted under autocast, network
by network, as `tests/reference/autocast.csv` has it; with CNNCALC_CUDA_DOUBLE=1 of the double."""

import csv
import sys

from tests import cuda_double

if cuda_double.wanted():
    cuda_double.install()

from cnncalc.language.load import load
from tests.lowering.faked import Faked


def main(names: list[str]) -> None:
    """Bytes that autograd keeps, and those at the peak of a step with SGD."""
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(["network", "kept", "peak"])
    for name in names:
        graph = load(name)
        kept, peak = Faked(graph).packed("bf16"), Faked(graph).trained("sgd", "bf16")
        lines.writerow([name, kept, peak])


if __name__ == "__main__":
    main(sys.argv[1:])
