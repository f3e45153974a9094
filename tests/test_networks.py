"""Every spec of the zoo: it loads, what it expects holds, its numbers are the published ones."""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
import yaml

from cnncalc.analysis import Row, Summary, Totals, analyze, together
from cnncalc.checking.expectations import unmet
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.load import load, read
from cnncalc.zoo import networks

FOLDER = Path(__file__).parent.parent / "specs"
SPECS = [str(path.relative_to(FOLDER).with_suffix("")) for path in networks().values()]

PUBLISHED = {
    "lenet/lenet5": ("LeNet-5", "modern: full C3, plain pooling, linear output"),
    "lenet/lenet5_1998": (
        "LeNet-5",
        "1998, as printed: connection table, trainable subsampling, RBF output",
    ),
    "alexnet/alexnet": ("AlexNet", "2012, two groups"),
    "alexnet/alexnet_one_tower": ("AlexNet", "one tower (64 filters of 3x11x11)"),
    "zfnet/zfnet": ("ZFNet", "7x7/2 p1, 5x5/2, pools 3/2 p1, then as AlexNet without groups"),
    "vgg/vgg11": ("VGG-11", "A"),
    "vgg/vgg13": ("VGG-13", "B"),
    "vgg/vgg16": ("VGG-16", "D"),
    "vgg/vgg19": ("VGG-19", "E"),
    "googlenet/googlenet": ("GoogLeNet", "2014, no auxiliary heads, with biases"),
    "inception/inception_naive": ("Inception module", "naive, 256x28x28"),
    "inception/inception_bottleneck": ("Inception module", "bottleneck, 256x28x28"),
    "inception/inception_v3": ("Inception-v3", "no auxiliary head"),
    "inception/inception_v3 aux=true": ("Inception-v3", "with auxiliary head"),
    "inception/inception_v4": ("Inception-v4", ""),
    "inception/inception_resnet_v2": ("Inception-ResNet-v2", ""),
    "resnet/resnet18": ("ResNet-18", ""),
    "resnet/resnet34": ("ResNet-34", ""),
    "resnet/resnet50": ("ResNet-50", "v1.5 (stride in the 3x3)"),
    "resnet/resnet50_v1": ("ResNet-50", "v1 (stride in the first 1x1)"),
    "resnet/resnet101": ("ResNet-101", "v1.5"),
    "resnet/resnet101_v1": ("ResNet-101", "v1"),
    "resnet/resnet152": ("ResNet-152", "v1.5"),
    "resnet/resnet152_v1": ("ResNet-152", "v1"),
    "resnet/resnet200": ("ResNet-200", "3-24-36-3"),
    "resnet/bit_r50x1": ("BiT ResNet-50x1", "1000 classes"),
    "resnet/res2net50": ("Res2Net-50", "26w x 4s"),
    "cifar/resnet20": ("ResNet-20", "CIFAR option A"),
    "cifar/resnet32": ("ResNet-32", "CIFAR option A"),
    "cifar/resnet44": ("ResNet-44", "CIFAR option A"),
    "cifar/resnet56": ("ResNet-56", "CIFAR option A"),
    "cifar/resnet110": ("ResNet-110", "CIFAR option A"),
    "cifar/resnet1202": ("ResNet-1202", "CIFAR option A"),
    "cifar/plain20": ("Plain-20", "CIFAR no shortcuts"),
    "cifar/plain56": ("Plain-56", "CIFAR no shortcuts"),
    "cifar/nin": ("Network in Network", "CIFAR-10 (192-160-96 | 192x3 | 192-192-10)"),
    "cifar/all_cnn_c": ("ALL-CNN-C", "CIFAR-10"),
    "cifar/convpool_cnn_c": ("ConvPool-CNN-C", "CIFAR-10"),
    "cifar/convnetjs": ("ConvNetJS demo", "CIFAR-10"),
    "cifar/weightnorm_cnn_plain": (
        "Weight-normalised CNN",
        "CIFAR-10; 3x(96 3x3 p1), pool2, 3x(192 3x3 p1), pool2, 192 3x3 valid, 192 1x1, 192 1x1, "
        "global average, fc 10",
    ),
    "cifar/weightnorm_cnn": ("Weight-normalised CNN", "CIFAR-10; weight norm"),
    "cifar/weightnorm_cnn_batch_norm": ("Weight-normalised CNN", "CIFAR-10; batch norm"),
    "cifar/weightnorm_cnn_mean_only": ("Weight-normalised CNN", "CIFAR-10; mean-only batch norm"),
    "cifar/weightnorm_cnn_both": (
        "Weight-normalised CNN",
        "CIFAR-10; weight norm and mean-only batch norm",
    ),
    "densenet/densenet121": ("DenseNet-121", "k=32"),
    "densenet/densenet169": ("DenseNet-169", "k=32"),
    "densenet/densenet201": ("DenseNet-201", "k=32"),
    "densenet/densenet161": ("DenseNet-161", "k=48"),
    "densenet/densenet_cifar40_12": (
        "DenseNet CIFAR",
        "L=40 k=12, 16 initial channels, no compression",
    ),
    "densenet/densenet_bc100_12": ("DenseNet-BC CIFAR", "L=100 k=12"),
    "wrn/wrn16_8": ("WRN-16-8", "CIFAR"),
    "wrn/wrn28_10": ("WRN-28-10", "CIFAR"),
    "wrn/wrn50_2": ("WRN-50-2", "bottleneck"),
    "resnext/resnext50_32x4d": ("ResNeXt-50", "32x4d"),
    "resnext/resnext101_32x4d": ("ResNeXt-101", "32x4d"),
    "hrnet/hrnet_w18": ("HRNet-W18", "classifier of the authors' code"),
    "senet/se_resnet50": ("SE-ResNet-50", "v1 stride"),
    "senet/cbam_resnet50": ("CBAM-ResNet-50", "v1 stride"),
    "senet/eca_resnet50": ("ECA-ResNet-50", "v1 stride"),
    "senet/sknet50": ("SKNet-50", "M=2, G=32, r=16"),
    "convnext/convnext_t": ("ConvNeXt", "T"),
    "convnext/convnext_v2_t": ("ConvNeXt V2", "T"),
    "nasnet/nasnet_a_large": ("NASNet-A", "large 6@4032"),
    "nasnet/nasnet_a_mobile": ("NASNet-A", "mobile 4@1056"),
    "mobilenet/mobilenet_v1": ("MobileNet v1", "1.0"),
    "mobilenet/mobilenet_v1 width=0.5": ("MobileNet v1", "0.5"),
    "mobilenet/mobilenet_v2": ("MobileNet v2", "1.0"),
    "shufflenet/shufflenet_v1": ("ShuffleNet v1", "1.0x g=3"),
    "shufflenet/shufflenet_v2": ("ShuffleNet v2", "1.0x"),
    "squeezenet/squeezenet1_0": ("SqueezeNet", "1.0"),
    "xception/xception": ("Xception", ""),
    "gan/cyclegan_generator": ("CycleGAN generator", "9 blocks, 64 filters, 256x256"),
    "gan/dcgan_generator": ("DCGAN generator", "z=100, 64 filters, 64x64"),
    "gan/dcgan_discriminator": ("DCGAN discriminator", "64 filters"),
    "gan/dcgan_digits_generator": ("DCGAN generator", "digits: z=64, 16 filters, 28x28"),
    "gan/dcgan_digits_discriminator": ("DCGAN discriminator", "digits: 16 filters"),
    "gan/sagan_discriminator": ("SAGAN discriminator", "64 filters, 1000 classes, 128x128"),
    "recurrent/rnn": ("RNN", "128 -> 256 two bias vectors"),
    "recurrent/lstm": ("LSTM", "128 -> 256 two bias vectors"),
    "recurrent/gru": ("GRU", "128 -> 256 two bias vectors"),
    "vit/vit_b16": ("ViT-B/16", ""),
    "swin/swin_t": ("Swin-T", ""),
    "coatnet/coatnet_0": ("CoAtNet-0", "timm's coatnet_0_rw_224"),
    "perceiver/perceiver": ("Perceiver", "ImageNet, Fourier features"),
    "maxvit/maxvit_t": ("MaxViT-T", ""),
    "transformer/bert_base": ("BERT-base", "uncased, with pooler, without heads"),
    "transformer/gpt2": ("GPT-2", "smallest, output tied to the embedding"),
    "transformer/bert_base width=1024 depth=24 heads=16": ("BERT-large", "uncased, with pooler"),
    "transformer/gpt2 width=1024 depth=24 heads=16": ("GPT-2", "medium"),
    "transformer/gpt2 width=1280 depth=36 heads=20": ("GPT-2", "large"),
    "transformer/gpt2 width=1600 depth=48 heads=25": ("GPT-2", "XL"),
    "pointnet/pointnet transforms=false": ("PointNet", "without the transforms, 40 classes"),
    "pointnet/pointnet": ("PointNet", "classification, 40 classes, biases before batch norm"),
    "yolo/yolo11n": ("YOLO11", "n, 80 classes"),
    "yolo/yolo11n base=32": ("YOLO11", "s, 80 classes"),
    "mixer/mixer_b16": ("Mixer-B/16", ""),
    "mobilevit/mobilevit_s": ("MobileViT-S", ""),
    "detection/faster_rcnn": (
        "Faster R-CNN",
        "ResNet-50 FPN, 91 classes, frozen batch norm not counted",
    ),
    "segmentation/segnet": ("SegNet", "VGG-16, biases and batch norm, 11 classes"),
    "segmentation/pspnet50": ("PSPNet", "ResNet-50, stride 8, 150 classes, no auxiliary head"),
    "segmentation/deeplabv3plus_resnet101": ("DeepLabv3+", "ResNet-101, stride 16, 21 classes"),
    "detection/mask_rcnn": (
        "Mask R-CNN",
        "ResNet-50 FPN, 91 classes, frozen batch norm not counted",
    ),
    "audio/deepspeech2": ("Deep Speech 2", "5 bidirectional GRU of 800, summed, 29 letters"),
    "recurrent/lstmp": ("LSTM with projection", "2 layers of 1024 cells, 512 projected"),
    "gan/stackgan_stage1_generator": (
        "StackGAN generator",
        "stage I, COCO: 192*8 filters, caption of 1024",
    ),
    "gan/stackgan_stage1_discriminator": ("StackGAN discriminator", "stage I, COCO: 96 filters"),
    "gan/stackgan_stage2_generator": (
        "StackGAN generator",
        "stage II, COCO: 192 filters, 2 blocks, without stage I",
    ),
    "style/style_network": ("Style transfer network", "instance norm, upsampling"),
    "overfeat/overfeat_fast": ("OverFeat", "fast"),
    "overfeat/overfeat_accurate": ("OverFeat", "accurate"),
    "face/facenet_nn2": ("FaceNet", "NN2"),
    "face/deepface": ("DeepFace", "C3 reads 32 maps, 4,030 people"),
    "segmentation/farabet": ("Scene parser", "Farabet: three scales, 1024 hidden units, 8 classes"),
    "captioner/neuraltalk": ("NeuralTalk", "300 features, state of 512, 8791 words"),
    "audio/deepspeech": ("Deep Speech", "2048 units, 81 features, 9 frames of context"),
    "tiny/ds_cnn": ("DS-CNN", "MLPerf Tiny, keyword spotting: biases and batch norm"),
    "tiny/vww_mobilenet": (
        "MobileNet v1",
        "MLPerf Tiny, visual wake words: 0.25, biases and batch norm",
    ),
    "tiny/resnet8": ("ResNet-8", "MLPerf Tiny, image classification"),
    "tiny/toycar_autoencoder": ("Autoencoder", "MLPerf Tiny, anomaly detection: ToyCar"),
    "tiny/mcunet_vww1": ("MCUNet", "mcunet-vww1"),
    "tiny/mcunet_in0": ("MCUNet", "mcunet-in0"),
    "tiny/mcunet_in1": ("MCUNet", "mcunet-in1"),
    "tiny/mcunet_in2": ("MCUNet", "mcunet-in2"),
    "tiny/mcunet_in3": ("MCUNet", "mcunet-in3"),
    "tiny/mcunet_in4": ("MCUNet", "mcunet-in4"),
    "unet/unet": ("U-Net", "original: valid convolutions, crops, 1 channel -> 2 classes"),
}


def published() -> dict[tuple[str, str], dict[str, str]]:
    path = Path(__file__).parent / "reference" / "networks.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return {(row["network"], row["variant"]): row for row in csv.DictReader(file)}


ROWS = published()


@cache
def summary(spec: str, **args: object) -> Summary:
    return analyze(load(FOLDER / f"{spec}.yaml", args=args))


def summary_with_arguments(spec: str) -> Summary:
    """The analysis of `mobilenet/mobilenet_v1 width=0.5`."""
    path, *settings = spec.split()
    args = (setting.split("=") for setting in settings)
    return summary(path, **{name: yaml.safe_load(value) for name, value in args})


@cache
def written(spec: str) -> dict[str, object]:
    return yaml.safe_load((FOLDER / f"{spec}.yaml").read_text(encoding="utf-8"))


def part(spec: str, path: str) -> Row:
    """The layer or group at `path`."""
    rows = summary(spec).rows
    group = summary(spec).graph.groups.get(path)
    if group:
        return together(rows[group.first : group.last])
    return next(row for row in rows if row.node.path == path)


def field(numbers: Row | Totals) -> tuple[int, ...]:
    """The receptive field per axis; nothing where it is the whole input."""
    receptive = numbers.receptive
    return tuple(axis.size for axis in receptive.axes) if receptive and receptive.axes else ()


# -- published numbers ----------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "row"), PUBLISHED.items(), ids=PUBLISHED)
def test_published(spec: str, row: tuple[str, str]) -> None:
    network, facts = summary_with_arguments(spec), ROWS[row]
    totals = network.totals
    counted = {"params": totals.params.trainable, "macs": totals.ops.macs}
    told = {metric: int(facts[metric]) for metric in counted if facts[metric]}
    assert told
    assert {metric: counted[metric] for metric in told} == told
    arriving = "x".join(map(str, next(iter(network.graph.inputs.values())).shape))
    assert arriving == facts["input"].replace("T", "16"), "T stands for any number of steps"
    if facts["receptive"]:
        assert set(field(totals)) == {int(facts["receptive"])}


def test_every_published_row_is_used_once() -> None:
    assert sorted(PUBLISHED.values()) == sorted(ROWS)


# -- what a spec says of itself -------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS)
def test_loads_without_a_word(spec: str) -> None:
    diagnostics = Diagnostics()
    assert read(str(FOLDER / f"{spec}.yaml"), diagnostics) is not None
    assert not list(diagnostics)


@pytest.mark.parametrize("spec", SPECS)
def test_says_what_it_is(spec: str) -> None:
    assert {"name", "source", "expect"} <= written(spec).keys()
    assert len({written(other)["name"] for other in SPECS}) == len(SPECS)


@pytest.mark.parametrize("spec", SPECS)
def test_what_it_expects_holds(spec: str) -> None:
    assert summary(spec).graph.expect
    assert [found.message for found in unmet(summary(spec))] == []


@pytest.mark.parametrize("spec", SPECS)
def test_expects_exact_figures(spec: str) -> None:
    expectations = summary(spec).graph.expect
    assert {"macs", "output"} <= {e.metric for e in expectations if not e.layer}
    assert [e[:3] for e in expectations if e.shape is None and e.low != e.high] == []


EXTENDING = [spec for spec in SPECS if "extends" in written(spec)]
ACROSS = [spec for spec in EXTENDING if "/" in str(written(spec)["extends"])]
"""Those that extend a network of another family."""

BACKBONES = [
    *("captioner/show_and_tell", "detection/faster_rcnn", "detection/mask_rcnn", "fcn/fcn8s"),
    "style/style_losses",
]
"""Those that go on from the first layers of another network: their sums are in test_products."""


@pytest.mark.parametrize("spec", [spec for spec in EXTENDING if spec not in (*ACROSS, *BACKBONES)])
def test_a_member_of_a_family_differs_by_its_arguments(spec: str) -> None:
    told = {"name", "source", "about", "published", "expect"}
    assert written(spec).keys() <= {"extends", "args", "train", *told}
    lines = (FOLDER / f"{spec}.yaml").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (22 if "train" in written(spec) else 15)


@pytest.mark.parametrize("spec", [spec for spec in ACROSS if spec not in BACKBONES])
def test_what_extends_another_family_keeps_its_layers(spec: str) -> None:
    assert not written(spec).keys() & {"input", "defaults", "layers", "outputs"}


def test_families() -> None:
    assert {"resnet/resnet101", "resnet/resnet152", "vgg/vgg19"} <= set(EXTENDING)


# -- layer by layer -------------------------------------------------------------------------

ALEXNET = {
    "conv1": 96 * (3 * 11 * 11) + 96,
    "conv2": 256 * (96 // 2 * 5 * 5) + 256,
    "conv3": 384 * (256 * 3 * 3) + 384,
    "conv4": 384 * (384 // 2 * 3 * 3) + 384,
    "conv5": 256 * (384 // 2 * 3 * 3) + 256,
    "fc6": 4096 * (256 * 6 * 6) + 4096,
    "fc7": 4096 * 4096 + 4096,
    "fc8": 1000 * 4096 + 1000,
}


@pytest.mark.parametrize(("layer", "params"), ALEXNET.items(), ids=ALEXNET)
def test_alexnet(layer: str, params: int) -> None:
    assert part("alexnet/alexnet", layer).params.total == params


def test_alexnet_is_the_published_one() -> None:
    _, _, listed = ROWS["AlexNet", "2012, two groups"]["source"].partition("per layer ")
    assert [int(params) for params in listed.split(", ")] == list(ALEXNET.values())


def inception(arriving: int, row: list[int]) -> int:
    """The weights of a module that reads `arriving` channels, from its row of Table 1."""
    direct, reduce3, conv3, reduce5, conv5, project = row
    ones = arriving * (direct + reduce3 + reduce5 + project)
    return ones + 3 * 3 * reduce3 * conv3 + 5 * 5 * reduce5 * conv5


LENET = {  # parameters and connections
    "C1": (6 * (5 * 5 + 1), 28 * 28 * 6 * (5 * 5 + 1)),
    "S2": (6 * 2, 14 * 14 * 6 * (2 * 2 + 1)),
    "C3": ((6 * 3 + 9 * 4 + 6) * 5 * 5 + 16, 10 * 10 * ((6 * 3 + 9 * 4 + 6) * 5 * 5 + 16)),
    "S4": (16 * 2, 5 * 5 * 16 * (2 * 2 + 1)),
    "C5": (120 * (16 * 5 * 5 + 1), 120 * (16 * 5 * 5 + 1)),
    "F6": (84 * (120 + 1), 84 * (120 + 1)),
    "output": (0, 10 * 84),
}


@pytest.mark.parametrize(("layer", "counts"), LENET.items(), ids=LENET)
def test_lenet(layer: str, counts: tuple[int, int]) -> None:
    row = part("lenet/lenet5_1998", layer)
    assert (row.params.total, row.connections) == counts


def test_lenet_is_the_printed_one() -> None:
    params, connections = map(sum, zip(*LENET.values(), strict=True))
    assert (params, connections) == (60_000, 340_908)
    rows = summary("lenet/lenet5_1998").rows
    assert sum(row.connections for row in rows) == connections


GOOGLENET = [  # row of Table 1, its weights, its positions; its weights and M MACs exactly
    ("conv1", 64 * 3 * 7 * 7, 112 * 112, 9_408, "118.0"),
    ("conv2", 64 * 64 + 192 * 64 * 3 * 3, 56 * 56, 114_688, "359.7"),
    ("3a", inception(192, [64, 96, 128, 16, 32, 32]), 28 * 28, 163_328, "128.0"),
    ("3b", inception(256, [128, 128, 192, 32, 96, 64]), 28 * 28, 388_096, "304.3"),
    ("4a", inception(480, [192, 96, 208, 16, 48, 64]), 14 * 14, 375_552, "73.6"),
    ("4b", inception(512, [160, 112, 224, 24, 64, 64]), 14 * 14, 448_512, "87.9"),
    ("4c", inception(512, [128, 128, 256, 24, 64, 64]), 14 * 14, 509_440, "99.9"),
    ("4d", inception(512, [112, 144, 288, 32, 64, 64]), 14 * 14, 604_672, "118.5"),
    ("4e", inception(528, [256, 160, 320, 32, 128, 128]), 14 * 14, 867_328, "170.0"),
    ("5a", inception(832, [256, 160, 320, 32, 128, 128]), 7 * 7, 1_042_432, "51.1"),
    ("5b", inception(832, [384, 192, 384, 48, 128, 128]), 7 * 7, 1_442_816, "70.7"),
    ("linear", 1024 * 1000, 1, 1_024_000, "1.0"),
]


@pytest.mark.parametrize(
    ("name", "product", "positions", "weights", "millions"),
    GOOGLENET,
    ids=[row[0] for row in GOOGLENET],
)
def test_googlenet(name: str, product: int, positions: int, weights: int, millions: str) -> None:
    assert product == weights
    layers = layers_in("googlenet/googlenet", name)
    assert weights_without_bias(layers) == weights
    macs = sum(row.ops.macs for row in layers)
    assert macs == weights * positions
    assert f"{macs / 1e6:.1f}" == millions


def test_googlenet_is_its_rows() -> None:
    whole = summary("googlenet/googlenet")
    assert weights_without_bias(whole.rows) == sum(row[3] for row in GOOGLENET)
    macs = sum(product * positions for _, product, positions, *_ in GOOGLENET)
    assert whole.totals.ops.macs == macs


def layers_in(spec: str, path: str) -> list[Row]:
    """The layers at `path`, one or all of a group."""
    return [row for row in summary(spec).rows if f"{row.node.path}.".startswith(f"{path}.")]


def weights_without_bias(rows: Iterable[Row]) -> int:
    return sum(
        weight.size
        for node in (row.node for row in rows)
        for weight in node.layer.weights(*node.shapes)
        if weight.name == "weight"
    )


@pytest.mark.parametrize(("head", "arriving"), [("aux1", 512), ("aux2", 528)])
def test_auxiliary_heads_are_counted_where_they_are_asked_for(head: str, arriving: int) -> None:
    assert not summary("googlenet/googlenet").graph.outputs
    both = summary("googlenet/googlenet", aux=True)
    group = both.graph.groups[head]
    params = together(both.rows[group.first : group.last]).params.total
    conv, hidden = 128 * arriving + 128, 1024 * (128 * 4 * 4) + 1024
    assert params == conv + hidden + 1000 * 1024 + 1000
    assert both.graph.outputs[head].shape == (1000,)


def test_auxiliary_heads_leave_the_network_as_it_is() -> None:
    alone, both = summary("googlenet/googlenet"), summary("googlenet/googlenet", aux=True)
    heads = [both.graph.groups[head] for head in ("aux1", "aux2")]
    extra = sum(row.params.total for g in heads for row in both.rows[g.first : g.last])
    assert both.totals.params.total == alone.totals.params.total + extra
    assert both.totals.receptive == alone.totals.receptive


def test_shortcuts_of_option_a_have_no_parameters() -> None:
    for plain, residual in (("plain20", "resnet20"), ("plain56", "resnet56")):
        without, across = summary(f"cifar/{plain}").totals, summary(f"cifar/{residual}").totals
        assert without.params == across.params
        assert without.ops.macs == across.ops.macs
        additions = across.ops.additions - without.ops.additions
        blocks = 3 if plain == "plain20" else 9
        assert additions == blocks * (16 * 32 * 32 + 32 * 16 * 16 + 64 * 8 * 8)
        assert across.ops.flops - without.ops.flops == additions


FACENET = [  # row of Table 2, and what it prints of it: parameters, thousand
    ("conv1", 9),
    ("2", 115),
    ("3a", 164),
    ("3b", 228),
    ("3c", 398),
    ("4a", 545),
    ("4b", 595),
    ("4c", 654),
    ("4d", 722),
    ("4e", 717),
    ("embedding", 131),
]


@pytest.mark.parametrize(("name", "thousand"), FACENET, ids=[name for name, _ in FACENET])
def test_facenet(name: str, thousand: int) -> None:
    assert part("face/facenet_nn2", name).params.total // 1000 in (thousand - 1, thousand)


DEEPFACE = {  # layer of Figure 2: its outputs' places, the filters of each, and what a filter reads
    "C1": (1, 32, 3 * 11 * 11),
    "C3": (1, 16, 32 * 9 * 9),
    "L4": (55 * 55, 16, 16 * 9 * 9),
    "L5": (25 * 25, 16, 16 * 7 * 7),
    "L6": (21 * 21, 16, 16 * 5 * 5),
    "F7": (1, 4096, 16 * 21 * 21),
    "F8": (1, 4030, 4096),
}


def test_deepface() -> None:
    counted = {name: places * own * (reads + 1) for name, (places, own, reads) in DEEPFACE.items()}
    assert {name: part("face/deepface", name).params.total for name in counted} == counted
    assert summary("face/deepface").totals.params.total == sum(counted.values())
    later = sum(counted[name] for name in ("L4", "L5", "L6", "F7", "F8"))
    assert later > 0.95 * sum(counted.values()), "as the paper says"


def test_deep_supervision_adds_companions_to_network_in_network() -> None:
    supervised, alone = summary("cifar/dsn"), summary("cifar/dsn", companions=False)
    assert alone.totals.params == summary("cifar/nin").totals.params
    assert set(supervised.graph.outputs) == {"companion1", "companion2", "companion3"}
    read = 192 * 32 * 32 + 192 * 16 * 16 + 192 * 8 * 8
    assert supervised.totals.params.total - alone.totals.params.total == 10 * read + 3 * 10


@pytest.mark.parametrize(
    ("depths", "width", "millions"),
    [
        ((3, 4, 6, 3), 3, "217.32"),
        ((3, 4, 23, 3), 1, "44.54"),
        ((3, 8, 36, 3), 2, "236.34"),
    ],
)
def test_other_members_of_bit(depths: tuple[int, ...], width: int, millions: str) -> None:
    """As timm's results-imagenet.csv has them: 50x3, 101x1, 152x2."""
    totals = summary("resnet/bit_r50x1", depths=depths, width=width).totals
    assert f"{totals.params.total / 1e6:.2f}" == millions


def test_weight_normalisation_adds_a_length_to_each_unit() -> None:
    plain = summary("cifar/weightnorm_cnn", weight_norm=False).totals
    normalised = summary("cifar/weightnorm_cnn").totals
    assert normalised.params.total - plain.params.total == 3 * 96 + 3 * 192 + 3 * 192 + 10
    assert normalised.ops.macs == plain.ops.macs


def test_gates_add_a_weight_per_mac() -> None:
    plain, gated = summary("resnet/resnet50_v1").totals, summary("senet/se_resnet50").totals
    stages = {256: 3, 512: 4, 1024: 6, 2048: 3}
    weights = sum(count * 2 * c * (c // 16) for c, count in stages.items())
    biases = sum(count * (c // 16 + c) for c, count in stages.items())
    assert gated.ops.macs - plain.ops.macs == weights
    assert gated.params.total - plain.params.total == weights + biases


BOTTLENECKS = {256: 3, 512: 4, 1024: 6, 2048: 3}
"""How often ResNet-50 gives a residual of so many channels."""


def test_cbam_gates_channels_twice_by_one_gate_and_places_once() -> None:
    gated, both = (summary(f"senet/{name}_resnet50").totals for name in ("se", "cbam"))
    units = sum(BOTTLENECKS.values())
    assert both.params.total - gated.params.total == units * (2 * 7 * 7 + 2)
    gates = sum(count * 2 * c * (c // 16) for c, count in BOTTLENECKS.items())
    places = 3 * 56 * 56 + 4 * 28 * 28 + 6 * 14 * 14 + 3 * 7 * 7
    assert both.ops.macs - gated.ops.macs == gates + 2 * 7 * 7 * places


def test_eca_adds_a_kernel_to_each_residual() -> None:
    plain, gated = (
        summary(f"{name}").totals for name in ("resnet/resnet50_v1", "senet/eca_resnet50")
    )
    kernels = {256: 5, 512: 5, 1024: 5, 2048: 7}
    more = {c: count * kernels[c] for c, count in BOTTLENECKS.items()}
    assert gated.params.total - plain.params.total == sum(more.values())
    assert gated.ops.macs - plain.ops.macs == sum(c * weights for c, weights in more.items())
    assert round(gated.params.total / 2**20, 2) == 24.37


def test_convnext_v2_has_responses_for_layer_scale() -> None:
    first, second = (summary(f"convnext/{name}").totals for name in ("convnext_t", "convnext_v2_t"))
    blocks = 3 * 96 + 3 * 192 + 9 * 384 + 3 * 768
    assert second.params.total - first.params.total == blocks * (2 * 4 - 1)
    assert second.ops.macs == first.ops.macs


def test_a_wider_mobilenet() -> None:
    wide = summary("mobilenet/mobilenet_v2", width=1.4).graph
    assert wide.layers[0].shape[0] == 48  # 32 * 1.4 = 44.8
    assert wide.layers[-1].shapes[0] == (1792,)  # 1280 * 1.4


def test_a_thinner_mobilenet_keeps_its_last_layer() -> None:
    thin = summary("mobilenet/mobilenet_v2", width=0.35).graph
    assert thin.layers[0].shape[0] == 16  # 32 * 0.35 = 11.2, but 8 is more than a tenth below
    assert thin.layers[-1].shapes[0] == (1280,)
