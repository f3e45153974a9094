"""The zoo: the specs that ship with cnncalc, known by their names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cnncalc.diagnostics import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

_HERE = os.path.dirname(__file__)

LIBRARY = "blocks"
"""The folder of blocks that specs include; no networks themselves."""

LONGEST = 60
"""Characters of a name."""

MOST = 6
"""Networks of a family that a hint names."""


def folder() -> Path:
    """Where the specs are: in the package once it is installed, beside it in the repository."""
    return _path(place())


def place() -> str:
    """As `folder`."""
    packaged = os.path.join(_HERE, "specs")
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(_HERE), "specs")


def _path(text: str) -> Path:
    from pathlib import Path  # reading a spec needs none, and its import takes long

    return Path(text)


def networks() -> dict[str, Path]:
    """Every network of the zoo by its name, family by family: `resnet50`."""
    paths = sorted(folder().rglob("*.yaml"), key=_by_size)
    return {path.stem: path for path in paths if path.parent.name != LIBRARY}


def _by_size(path: Path) -> tuple[str, list[int], str]:
    """Families in order, and in them ResNet-20 before ResNet-110."""
    words = "".join(sign if sign.isdigit() else " " for sign in path.stem).split()
    return path.parent.name, [int(word) for word in words], path.stem


def find(name: str) -> Path | None:
    """The spec called `name`, or once called so, if the zoo has one; it lists no other."""
    found = file_of(name)
    return _path(found) if found else None


def file_of(name: str) -> str | None:
    """As `find`."""
    file, specs = f"{FORMER.get(name, name)}.yaml", place()
    if os.path.basename(file) != file or "\0" in file:
        return None
    families = (family for family in os.listdir(specs) if family != LIBRARY)
    paths = (os.path.join(specs, family, file) for family in families)
    return next(filter(os.path.isfile, paths), None)


def libraries() -> dict[str, Path]:
    """Every library of blocks by the name that specs include it by: `blocks/conv_bn.yaml`."""
    paths = sorted((folder() / LIBRARY).glob("*.yaml"))
    return {f"{LIBRARY}/{path.name}": path for path in paths}


def library(name: str) -> str | None:
    """The library that is included as `blocks/conv_bn.yaml`, if there is one."""
    home, _, file = name.partition("/")
    if home != LIBRARY or os.path.basename(file) != file or "\0" in file:
        return None
    path = os.path.join(place(), LIBRARY, file)
    return path if file.endswith(".yaml") and os.path.isfile(path) else None


ALIASES = {
    "wideresnet502": "wrn50_2",
    "wideresnet2810": "wrn28_10",
    "wideresnet168": "wrn16_8",
    "seresnet50": "se_resnet50",
    "inceptionv1": "googlenet",
    "visiontransformer": "vit_b16",
    "vitb16224": "vit_b16",
    "vitbase": "vit_b16",
    "fasterrcnnresnet50fpn": "faster_rcnn",
    "nasnetlarge": "nasnet_a_large",
    "nasnetmobile": "nasnet_a_mobile",
    "squeezenet": "squeezenet1_0",
    "dcgan": "dcgan_generator",
}
"""What networks of the zoo are called elsewhere, folded."""

FORMER = {
    "naive": "inception_naive",
    "bottleneck": "inception_bottleneck",
    "lecture_358m": "inception_358m",
    "classifier": "autoencoder_classifier",
    "convolutional": "convolutional_autoencoder",
    "one_tower": "alexnet_one_tower",
    "maxout": "cifar_maxout",
    "m5": "audio_m5",
}
"""What networks of the zoo were called before; specs and scripts may still say so."""

LECTURE = frozenset(
    """
    alexnet alexnet_one_tower all_cnn_c autoencoder_classifier cifar_maxout convnetjs
    convolutional_autoencoder convpool_cnn_c dcgan_discriminator dcgan_generator deepface deepspeech
    densenet121 densenet161 densenet169 densenet201 densenet_bc100_12 densenet_cifar40_12 dsn
    facenet_nn2 farabet faster_rcnn fcn8s googlenet gru inception_358m inception_bottleneck
    inception_naive inception_resnet_v2 inception_v3 inception_v4 lenet5 lenet5_1998 lstm mlp
    mobilenet_v1 nasnet_a_large nasnet_a_mobile neocognitron neuraltalk nin one_hidden_layer
    overfeat_accurate overfeat_fast plain20 plain56 playground resnet101 resnet101_v1 resnet110
    resnet1202 resnet152 resnet152_v1 resnet18 resnet20 resnet200 resnet32 resnet34 resnet44
    resnet50 resnet50_v1 resnet56 resnext101_32x4d resnext50_32x4d rnn se_resnet50 show_and_tell
    shufflenet_v1 squeezenet1_0 stackgan_stage1_discriminator stackgan_stage1_generator
    stackgan_stage2_generator style_losses style_network unet vgg16 vgg19 vit_b16 weightnorm_cnn
    weightnorm_cnn_batch_norm weightnorm_cnn_both weightnorm_cnn_mean_only weightnorm_cnn_plain
    wrn16_8 wrn28_10 wrn50_2 zfnet
    """.split()  # noqa: SIM905 (a list of words)
)
"""Networks that lectures on convolutional networks speak of: `cnncalc zoo --filter lecture`."""

_ALIKE = str.maketrans("ol", "01")


def folded(name: str) -> str:
    """A name in small letters, without what separates words; `O` is `0`, and `l` is `1`."""
    return "".join(filter(str.isalnum, name[:LONGEST].lower())).translate(_ALIKE)


def suggestion(name: str) -> str | None:
    """A hint that names the network that was probably meant, or those of its family."""
    return known_as(name) or did_you_mean(name, networks())


def known_as(name: str) -> str | None:
    """As `suggestion`, of what is a name of them, however it is written; not of one misspelt."""
    known = networks()
    word = folded(name)
    aliases = {folded(alias): network for alias, network in (ALIASES | FORMER).items()}
    same = {folded(network): network for network in known} | aliases
    if word in same:
        return f"did you mean `{same[word]}`?"
    whole = word and not name[-1:].isdigit()
    family = [
        network
        for network, path in known.items()
        if whole and word in (folded(path.parent.name), folded(network)[: len(word)])
    ]
    if len(family) > 1:
        more = f" and {len(family) - MOST} more" if len(family) > MOST else ""
        return f"there are {', '.join(f'`{network}`' for network in family[:MOST])}{more}"
    return f"did you mean `{family[0]}`?" if family else None


def shown(path: str) -> str:
    """A path as reports show it: from the working folder, if it is within."""
    here = os.path.join(os.getcwd(), "")
    return path[len(here) :] if path.startswith(here) else path
