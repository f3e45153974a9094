"""Networks measured on this machine, slice by slice, as a page of docs/measurements.

python -m benchmarks.record --device cuda

Each slice is kept as soon as it is measured: where a run was cut, the next one goes on.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.record.page import page
from benchmarks.record.slices import PAIR, TORCHVISION, Asked, measured, slices
from benchmarks.record.store import Record, record
from cnncalc.runtime.profile.device import UnavailableError, device

MEASUREMENTS = Path(__file__).parents[2] / "docs" / "measurements"
LEFT_OUT = "left out"


def main(given: Sequence[str]) -> None:
    """Measure what is missing, as far as the time goes, and write the page."""
    begun = time.monotonic()
    words = _parser().parse_args(given)
    try:
        place = device(words.device, "fp32")
    except UnavailableError as error:
        raise SystemExit(str(error)) from None
    wanted = slices(_asked(words, place.cuda))
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    found = record(words.into, place, words.rounds, [*wanted], today)
    missing = [name for name in wanted if name not in found.slices]
    command = " ".join(["python -m benchmarks.record", *given])
    found.head["commands"] = list(dict.fromkeys([*found.head["commands"], command]))
    for number, name in enumerate(missing):
        if time.monotonic() - begun > 60 * words.minutes:
            print(f"{len(missing) - number} slices are missing: the same command goes on")
            break
        found.add(name, measured(wanted[name], found.slices))
        print(f"{name}: {found.slices[name].get(LEFT_OUT, 'measured')}", flush=True)
        _write(found, [*wanted])
    found.save()
    print(_write(found, [*wanted]))


def _write(found: Record, wanted: list[str]) -> Path:
    """The page of what is there so far: a run that is cut leaves one."""
    written = found.path.with_suffix(".md")
    written.write_text(page(found, found.head["commands"], wanted), encoding="utf-8")
    return written


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--batch", help="with commas; 1,32,256 on a GPU, else 1,8")
    parser.add_argument("--dtype", help="with commas; fp32,tf32,bf16 on a GPU, else fp32")
    parser.add_argument(
        "--compile", help="batches that are compiled, too: 32 on a GPU, or the last one"
    )
    parser.add_argument("--graph", help="batches that are CUDA graphs, too: 32, or the last one")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--networks", default=",".join([*TORCHVISION, *PAIR]), help="with commas")
    parser.add_argument("--minutes", type=float, default=10, help="no slice begins after that")
    parser.add_argument("--into", type=Path, default=MEASUREMENTS, help="folder of the page")
    return parser


def _asked(words: argparse.Namespace, cuda: bool) -> Asked:
    batches = _numbers(words.batch or ("1,32,256" if cuda else "1,8"))
    dtypes = (words.dtype or ("fp32,tf32,bf16" if cuda else "fp32")).split(",")
    usual = [32 if 32 in batches else batches[-1]] if cuda else []
    ways = [usual if each is None else _numbers(each) for each in (words.compile, words.graph)]
    networks = words.networks.split(",")
    return Asked(words.device, batches, dtypes, networks, *ways, words.rounds)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",") if number]


if __name__ == "__main__":
    main(sys.argv[1:])
