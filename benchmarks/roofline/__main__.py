"""How true a machine's bounds and times are, network by network, as a page of docs/measurements.

python -m benchmarks.roofline --device cpu

Each network's time is told from all others, and held against what was measured; each layer's bound,
too. The machine file that comes of it stands beside the page. What is measured is kept in the file
of runs as it comes, and not measured again: a command that was cut goes on, and one for which no
network is left writes the page anew.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks.roofline.page import page
from benchmarks.roofline.runs import OtherwiseError, Run, Runs
from cnncalc import load
from cnncalc.analysis.learning import learned
from cnncalc.language.machine.write_machine import written
from cnncalc.machine import Machine
from cnncalc.numbers import seconds
from cnncalc.runtime.profile.ceilings import measured_now
from cnncalc.runtime.profile.device import Device, device, measuring
from cnncalc.runtime.profile.profile import Options, profile

MEASUREMENTS = Path(__file__).parents[2] / "docs" / "measurements"

NETWORKS = (
    "alexnet,all_cnn_c,bert_base,coatnet_0,convnext_t,convnext_v2_t,cyclegan_generator,"
    "dcgan_generator,deepspeech2,densenet121,densenet_bc100_12,facenet_nn2,googlenet,gpt2,"
    "hrnet_w18,inception_resnet_v2,inception_v3,mixer_b16,mobilenet_v1,mobilenet_v2,"
    "mobilevit_s,nasnet_a_mobile,nin,pspnet50,resnet18,resnet20,resnet50,resnet101,resnet110,"
    "resnext50_32x4d,res2net50,se_resnet50,segnet,shufflenet_v1,shufflenet_v2,squeezenet1_0,"
    "style_network,swin_t,unet,vgg11,vgg16,vit_b16,wrn16_8,xception,yolo11n,zfnet,"
    "deepspeech,gru,lstm,lstmp,rnn,show_and_tell,neuraltalk,dcgan_digits_generator,"
    "dcgan_discriminator,stackgan_stage1_generator,sagan_discriminator,maxvit_t,cbam_resnet50,"
    "sknet50,bit_r50x1,pointnet,mcunet_vww1"
)
"""The last of them for kinds that one of the others alone has, or none."""

AGAIN = 120
"""Seconds after which the ceilings are measured once more: a processor that others share, or that
grows hot, is faster at one time than at another."""


def main(given: Sequence[str]) -> None:
    """Measure, as far as the time goes, and write the page and the machine."""
    words = _parser().parse_args(given)
    words.into.mkdir(parents=True, exist_ok=True)  # not in the end, when all is measured
    place = device(words.device, words.dtype)
    try:
        file = words.runs or _base(words.into, place.name).with_suffix(".json")
        runs = Runs(file, _setting(place, words))
    except OtherwiseError as error:
        raise SystemExit(str(error)) from None
    _measure(runs, place, words)
    if runs.found:
        command = " ".join(["python -m benchmarks.roofline", *given])
        print(_write(runs, words.into, command))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roofline", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="fp32")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--networks", default=NETWORKS, help="with commas")
    parser.add_argument("--minutes", type=float, default=8, help="none begins after that")
    parser.add_argument("--into", type=Path, default=MEASUREMENTS, help="folder of the page")
    parser.add_argument("--runs", type=Path, help="file of the runs: beside the page, unless given")
    return parser


def _setting(place: Device, words: argparse.Namespace) -> dict[str, object]:
    return {
        "device": place.name,
        "kind": place.torch_device.type,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "dtype": words.dtype,
        "batch": words.batch,
        "rounds": words.rounds,
    }


def _measure(runs: Runs, place: Device, words: argparse.Namespace) -> None:
    """The networks that are not there yet, and the ceilings before, between and behind them."""
    begun = time.monotonic()
    missing = [name for name in words.networks.split(",") if name not in runs.found]
    if not missing:
        return
    _reach(runs, place)
    latest = time.monotonic()
    for name in missing:
        if time.monotonic() - begun > 60 * words.minutes:
            print(f"{name} and what follows: no time left", flush=True)
            break
        options = Options(words.batch, words.rounds, training=False)
        runs.found[name] = Run.of(profile(load(name), place, options, runs.ceilings))
        runs.keep()
        print(f"{name}: {seconds(runs.found[name].seconds)}", flush=True)
        if time.monotonic() - latest > AGAIN:
            _reach(runs, place)
            latest = time.monotonic()
    _reach(runs, place)


def _reach(runs: Runs, place: Device) -> None:
    """The ceilings, each the best that was measured so far."""
    with measuring(place):
        found = measured_now(place, sized=True)
    runs.ceilings = runs.ceilings.best(found) if runs.ceilings else found
    runs.keep()


def _write(runs: Runs, into: Path, command: str) -> Path:
    """The page, and the machine file beside it."""
    assert runs.ceilings
    lessons = list(runs.lessons())
    setting = runs.setting
    rates = {setting["dtype"]: learned(lessons, runs.ceilings)}
    found = Machine(setting["device"], setting["kind"], setting["threads"], setting["torch"], rates)
    base = _base(into, setting["device"])
    base.with_suffix(".yaml").write_text(written(found), encoding="utf-8")
    text = page(runs, lessons, found, _today(), command)
    base.with_suffix(".md").write_text(text, encoding="utf-8")
    return base.with_suffix(".md")


def _base(into: Path, name: str) -> Path:
    """The files of a device, but for what they end in."""
    plain = "".join(sign if sign.isalnum() else " " for sign in name.lower())
    return into / f"{_today()}-roofline-{'-'.join(plain.split()[:4])}"


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()


if __name__ == "__main__":
    main(sys.argv[1:])
