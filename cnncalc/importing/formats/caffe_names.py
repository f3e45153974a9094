"""Names of Caffe's first format, and which layers a network for testing has."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.importing.formats.prototxt_text import Message

FIRST_NAMES = {
    "ABSVAL": "AbsVal",
    "ACCURACY": "Accuracy",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONVOLUTION": "Convolution",
    "DATA": "Data",
    "DECONVOLUTION": "Deconvolution",
    "DROPOUT": "Dropout",
    "DUMMY_DATA": "DummyData",
    "ELTWISE": "Eltwise",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "EXP": "Exp",
    "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data",
    "HINGE_LOSS": "HingeLoss",
    "IMAGE_DATA": "ImageData",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MEMORY_DATA": "MemoryData",
    "MVN": "MVN",
    "POOLING": "Pooling",
    "POWER": "Power",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "SILENCE": "Silence",
    "SLICE": "Slice",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "TANH": "TanH",
    "WINDOW_DATA": "WindowData",
}
"""Types as `V1LayerParameter` calls them, and their names since."""


PHASES = {"TEST": "TEST", "TRAIN": "TRAIN", "0": "TRAIN", "1": "TEST"}

WEIGHTS = {"Scale": ("scale", "shift"), "PReLU": ("slope",)}
"""What the tensors of a layer are called here, in Caffe's order; else `weight` and `bias`."""


def shared_names(layer: Message, kind: str) -> dict[str, str]:
    """The names that a layer gives to its weights, by which several layers have the same."""
    told = [each.word("name") for each in layer.messages("param")]
    own = WEIGHTS.get(kind, ("weight", "bias"))
    return {name: given for name, given in zip(own, told, strict=False) if given}


def phase_of(layers: Sequence[Message], fed: bool) -> str:
    """The phase of the network that is read: TEST, but TRAIN where only that one is `fed`."""
    if fed or any(feeds(layer) for layer in layers if is_in(layer, "TEST")):
        return "TEST"
    return "TRAIN" if any(feeds(layer) for layer in layers if is_in(layer, "TRAIN")) else "TEST"


def feeds(layer: Message) -> bool:
    """Whether it reads nothing and gives something."""
    return "bottom" not in layer and "top" in layer


def is_in(layer: Message, phase: str) -> bool:
    """Whether a layer is in the network of a phase: of its rules to include it one holds, or none
    of those to exclude it."""
    including = layer.messages("include")
    if including:
        return any(_holds(rule, phase) for rule in including)
    return not any(_holds(rule, phase) for rule in layer.messages("exclude"))


def _holds(rule: Message, phase: str) -> bool:
    """In a state of this phase, of level 0 and no stage."""
    least, most = rule.whole("min_level", 0), rule.whole("max_level", 0)
    told = PHASES.get(rule.word("phase", phase), "")
    return told == phase and least <= 0 <= most and "stage" not in rule
