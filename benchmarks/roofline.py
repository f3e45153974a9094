"""How true a machine's bounds and times are, network by network, as a page of docs/measurements.

python -m benchmarks.roofline --device cpu

Each network's time is told from all others, and held against what was measured; each layer's bound,
too. The machine file that comes of it stands beside the page.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from cnncalc import load
from cnncalc.analysis.learning import learned, left_out, lesson, machine
from cnncalc.analysis.measured import Profile
from cnncalc.language.machine.write_machine import written
from cnncalc.machine import Machine
from cnncalc.numbers import rounded, seconds
from cnncalc.runtime.profile.ceilings import ceilings
from cnncalc.runtime.profile.device import Device, device, measuring
from cnncalc.runtime.profile.profile import Options, profile

MEASUREMENTS = Path(__file__).parents[1] / "docs" / "measurements"

NETWORKS = (
    "alexnet,all_cnn_c,bert_base,coatnet_0,convnext_t,convnext_v2_t,cyclegan_generator,"
    "dcgan_generator,deepspeech2,densenet121,densenet_bc100_12,facenet_nn2,googlenet,gpt2,"
    "hrnet_w18,inception_resnet_v2,inception_v3,mixer_b16,mobilenet_v1,mobilenet_v2,"
    "mobilevit_s,nasnet_a_mobile,nin,pspnet50,resnet18,resnet20,resnet50,resnet101,resnet110,"
    "resnext50_32x4d,res2net50,se_resnet50,segnet,shufflenet_v1,shufflenet_v2,squeezenet1_0,"
    "style_network,swin_t,unet,vgg11,vgg16,vit_b16,wrn16_8,xception,yolo11n,zfnet"
)

LONG = 0.05
"""Seconds above which a bound should be at least half."""


def main(given: Sequence[str]) -> None:
    """Measure, as far as the time goes, and write the page and the machine."""
    begun = time.monotonic()
    words = _parser().parse_args(given)
    words.into.mkdir(parents=True, exist_ok=True)  # not in the end, when all is measured
    place = device(words.device, words.dtype)
    with measuring(place):
        known = ceilings(place)
    profiles = []
    for name in words.networks.split(","):
        if time.monotonic() - begun > 60 * words.minutes:
            print(f"{name} and what follows: no time left", flush=True)
            break
        options = Options(words.batch, words.rounds, training=False)
        profiles.append(profile(load(name), place, options, known))
        print(f"{name}: {seconds(profiles[-1].forward.median)}", flush=True)
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    base = words.into / f"{today}-roofline-{_slug(place)}"
    base.with_suffix(".yaml").write_text(written(machine(profiles)), encoding="utf-8")
    command = " ".join(["python -m benchmarks.roofline", *given])
    text = page(profiles, machine(profiles), today, command)
    base.with_suffix(".md").write_text(text, encoding="utf-8")
    print(base.with_suffix(".md"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roofline", description=__doc__)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="fp32")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--networks", default=NETWORKS, help="with commas")
    parser.add_argument("--minutes", type=float, default=8, help="none begins after that")
    parser.add_argument("--into", type=Path, default=MEASUREMENTS, help="folder of the page")
    return parser


def _slug(place: Device) -> str:
    """The device's name, for a file."""
    plain = "".join(sign if sign.isalnum() else " " for sign in place.name.lower())
    return "-".join(plain.split()[:4])


def page(profiles: Sequence[Profile], found: Machine, today: str, command: str) -> str:
    """All of it, as Markdown."""
    return "\n".join(
        [*_head(found, today, command), "", *_summary(profiles), "", *_table(profiles)]
    )


def _head(found: Machine, today: str, command: str) -> Iterator[str]:
    ((dtype, rates),) = found.rates.items()
    known = rates.ceilings
    yield f"# Roofline, {today}"
    yield ""
    yield f"- device: {found.device}, {found.threads} threads; PyTorch {found.torch}, {dtype}"
    yield f"- `{command}`"
    yield (
        f"- ceilings: {rounded(round(known.flops))}FLOP/s in a matrix product, "
        f"{rounded(round(known.window_flops or 0))}FLOP/s in a convolution with windows, "
        f"{rounded(round(known.bandwidth))}B/s in a large copy"
    )
    if known.disturbed:
        yield "- disturbed: others used the processor in all rounds of some ceilings"


def _summary(profiles: Sequence[Profile]) -> Iterator[str]:
    layers = [layer for each in profiles for layer in each.layers.values() if layer.forward]
    beyond = [
        layer for layer in layers if layer.least(profiles[0].ceilings).seconds > layer.forward
    ]
    rates = learned(list(map(lesson, profiles)), profiles[0].ceilings)
    long = [each for each in profiles if each.forward.median > LONG]
    half = [each for each in long if _bound(each) >= each.forward.median / 2]
    yield f"{len(beyond):,} of {len(layers):,} layers took less than their bound."
    yield (
        f"Of {len(long)} networks above {seconds(LONG)} the bound is at least half of the time for "
        f"{len(half)}."
    )
    if rates.held_out:
        off = rates.held_out
        yield (
            f"Told from all others, a network's time is off by {off.mean:.1%} on average, by "
            f"{off.worst:.1%} at most."
        )


def _bound(found: Profile) -> float:
    return sum(layer.least(found.ceilings).seconds for layer in found.layers.values())


def _table(profiles: Sequence[Profile]) -> Iterator[str]:
    apart = left_out(list(map(lesson, profiles)), profiles[0].ceilings)
    yield "| network | measured | bound | of it | told from the others | disturbed |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for each in profiles:
        name, taken, least = each.summary.graph.name, each.forward.median, _bound(each)
        others = each.disturbance
        cells = [
            name,
            seconds(taken),
            seconds(least),
            f"{least / taken:.0%}",
            f"{apart[name]:+.1%}",
            f"{others.disturbed} of {others.rounds} rounds" if others.disturbed else "",
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""


if __name__ == "__main__":
    main(sys.argv[1:])
