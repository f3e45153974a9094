"""Names of networks as people write them, and which of the zoo are meant."""

from __future__ import annotations

import pytest

from cnncalc import zoo
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.text.files import read_file

MEANT = {
    "resnet5O": "did you mean `resnet50`?",
    "ResNet-50": "did you mean `resnet50`?",
    "ResNet 50": "did you mean `resnet50`?",
    "RESNET_18": "did you mean `resnet18`?",
    "vgg-16": "did you mean `vgg16`?",
    "VGG19": "did you mean `vgg19`?",
    "MobileNetV2": "did you mean `mobilenet_v2`?",
    "mobilenetv1": "did you mean `mobilenet_v1`?",
    "inceptionv3": "did you mean `inception_v3`?",
    "Inception-ResNet-v2": "did you mean `inception_resnet_v2`?",
    "GoogLeNet": "did you mean `googlenet`?",
    "A1exNet": "did you mean `alexnet`?",
    "densenet-121": "did you mean `densenet121`?",
    "ResNeXt-50 (32x4d)": "did you mean `resnext50_32x4d`?",
    "wide_resnet50_2": "did you mean `wrn50_2`?",
    "WRN-28-10": "did you mean `wrn28_10`?",
    "vit_b_16": "did you mean `vit_b16`?",
    "ViT-B/16": "did you mean `vit_b16`?",
    "U-Net": "did you mean `unet`?",
    "LeNet-5": "did you mean `lenet5`?",
    "resnet": "there are `resnet20`, `resnet32`, `resnet44`, `resnet56`, `resnet110`, "
    "`resnet1202` and 12 more",
    "vgg": "there are `vgg11`, `vgg13`, `vgg16`, `vgg19`",
    "shufflenet": "there are `shufflenet_v1`, `shufflenet_v2`",
    "alexnett": "did you mean `alexnet`?",
    "zzzz": None,
    "": None,
}


@pytest.mark.parametrize(("name", "hint"), MEANT.items(), ids=map(str, MEANT))
def test_meant(name: str, hint: str | None) -> None:
    assert zoo.suggestion(name) == hint


@pytest.mark.parametrize("name", zoo.networks())
def test_every_network_is_found_by_its_name_in_capitals(name: str) -> None:
    assert zoo.suggestion(name.upper().replace("_", "-")) == f"did you mean `{name}`?"


def test_what_it_is_called_elsewhere_is_there() -> None:
    assert {*zoo.ALIASES.values()} <= {*zoo.networks()}


@pytest.mark.parametrize("name", ["ResNet-50", "resnet-50.yaml"])
def test_a_file_that_is_not_there_may_be_a_network(name: str) -> None:
    diagnostics = Diagnostics()
    assert read_file(name, name, diagnostics, None) is None
    assert [each.hint for each in diagnostics] == ["did you mean `resnet50`?"]


def test_a_path_is_none() -> None:
    diagnostics = Diagnostics()
    assert read_file("nowhere/resnet-50.yaml", "x", diagnostics, None) is None
    assert [each.hint for each in diagnostics] == [None]
