"""The zoo: its list, its specs, and its names wherever a path is taken."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cnncalc import load, zoo
from tests.commands.conftest import ROOT, Run


def test_every_network_has_a_name_of_its_own() -> None:
    paths = [path for path in (ROOT / "specs").rglob("*.yaml") if path.parent.name != zoo.LIBRARY]
    assert len(zoo.networks()) == len(paths)


def test_the_list_has_every_network(cnncalc: Run) -> None:
    lines = cnncalc("zoo").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(zoo.networks())
    assert all(re.search(r"\b(19|20)\d\d\b", line) for line in lines[1:]), "each has its year"


def test_resnet50_in_the_list(cnncalc: Run) -> None:
    found = json.loads(cnncalc("zoo", "--format", "json").stdout)
    entry = next(one for one in found if one["name"] == "resnet50")
    assert (entry["params"], entry["macs"]) == (25_557_032, 4_089_184_256)
    assert (entry["field"], entry["year"]) == ("427x427", "2016")


def test_filter(cnncalc: Run) -> None:
    lines = cnncalc("zoo", "--filter", "simonyan table").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["vgg11", "vgg13", "vgg16", "vgg19"]


def listed(cnncalc: Run, words: str) -> list[str]:
    lines = cnncalc("zoo", "--filter", words).stdout.splitlines()
    return [line.split()[0] for line in lines[1:]]


def test_filter_of_lectures(cnncalc: Run) -> None:
    assert {*listed(cnncalc, "lecture")} == zoo.LECTURE
    assert listed(cnncalc, "Lectures squeeze") == ["se_resnet50", "squeezenet1_0"]


NAMED = """
LeNet-5 Neocognitron AlexNet ZFNet VGG-16 VGG-19 GoogLeNet Inception-v3 Inception-v4
Inception-ResNet-v2 ResNet-18 ResNet-152 ResNet-200 Plain-56 ResNet-1202 WRN-28-10 ResNeXt
DenseNet NASNet MobileNet ShuffleNet SE-ResNet SqueezeNet Maxout ConvNetJS R-CNN U-Net FCN DCGAN
autoencoder MLP RNN LSTM ViT StackGAN Farabet captioner OverFeat style FaceNet Speech Playground
""".split()  # noqa: SIM905 (a list of words)
"""What lectures name, in their words."""


def test_what_lectures_name_is_found(cnncalc: Run) -> None:
    lines = cnncalc("zoo", "--filter", "lecture").stdout.lower().splitlines()
    families = {path.parent.name for name, path in zoo.networks().items() if name in zoo.LECTURE}
    unknown = [word for word in NAMED if not any(word.lower() in line for line in lines)]
    assert {word.lower() for word in unknown} <= families


def test_former_names(cnncalc: Run) -> None:
    for old, new in zoo.FORMER.items():
        assert zoo.find(old) == zoo.networks()[new]
        assert zoo.suggestion(old.upper()) == f"did you mean `{new}`?"
    assert listed(cnncalc, "lecture_358m") == ["inception_358m"]
    assert not zoo.FORMER.keys() & zoo.networks().keys()
    assert load("maxout").name == "Maxout network"
    assert cnncalc("zoo", "show", "m5").stdout == cnncalc("zoo", "show", "audio_m5").stdout


def test_markdown(cnncalc: Run) -> None:
    rows = cnncalc("zoo", "--format", "markdown", "--filter", "lenet").stdout.splitlines()
    assert {row.count(" | ") for row in rows} == {7}


def test_show_lists_the_libraries(cnncalc: Run) -> None:
    lines = cnncalc("zoo", "show", "blocks").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:-2]] == list(zoo.libraries())
    assert ["blocks/separable_conv.yaml", "separable_conv"] in [line.split() for line in lines]
    one = cnncalc("zoo", "show", "blocks/separable_conv.yaml").stdout
    assert one == zoo.libraries()["blocks/separable_conv.yaml"].read_text(encoding="utf-8")


def test_show_prints_the_spec(cnncalc: Run) -> None:
    text = cnncalc("zoo", "show", "vgg16").stdout
    assert text == (ROOT / "specs/vgg/vgg16.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "alexnett"), "the zoo has no network `alexnett`; did you mean `alexnet`?"),
        (("--filter", "nothing at all"), "networks of the zoo speaks of `nothing at all`"),
        (("--format", "xml"), "--format wants one of text, json, markdown, got `xml`"),
    ],
)
def test_wrong_usage(cnncalc: Run, arguments: tuple[str, ...], message: str) -> None:
    run = cnncalc("zoo", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr


def test_names_stand_where_paths_do(cnncalc: Run) -> None:
    assert cnncalc("analyze", "vgg16").stdout == cnncalc("analyze", "specs/vgg/vgg16.yaml").stdout
    assert cnncalc("explain", "alexnet", "conv1").stdout.startswith("conv1   conv   3x227x227")
    assert load("resnet50", args={"classes": 10}).output.shape == (10,)


def test_a_file_comes_before_the_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("vgg16").write_text("input: 3\nlayers: [{linear: 2}]\n")
    assert load("vgg16").output.shape == (2,)


@pytest.mark.parametrize("name", ["", "..", "vgg/vgg16", "*", "blocks", "no_such_network"])
def test_what_is_no_name(name: str) -> None:
    assert zoo.find(name) is None
