"""Words of windows and the maps they slide over."""

from cnncalc.topics.topic import Example, topic

OUTPUT = ("output",)

TOPICS = {
    "output": topic(
        "how large an output is",
        """A window of F inputs that moves S at a time over W inputs with P zeros on each side
        stands in so many places. Where the division leaves a rest, the last inputs are never
        read, and it is rounded down (`rounding: ceil` adds a last, partial window).""",
        called="output size, shape, volume, spatial size",
        formulas="(W - F + 2P)/S + 1",
        examples=(
            Example("conv: {filters: 96, kernel: 11, stride: 4}", "3x227x227", OUTPUT),
            Example("max_pool: {kernel: 3, stride: 2, rounding: ceil}", "64x112x112", OUTPUT),
        ),
        tries="""cnncalc explain alexnet conv1
        cnncalc calc "conv: {filters: 8, kernel: 5, stride: 2}" --input 3x32x32 --want 16x16""",
    ),
    "padding": topic(
        "what stands around a map before a window slides over it",
        """Zeros on each side, as many as `padding` says; per axis as a size (`1x0`), before and
        behind as pairs (`[[0, 1], [0, 1]]`). `half` is (F-1)/2, 1, 2, 3 for windows of 3, 5,
        7, and keeps the size at stride 1. `same` makes the output W/S, rounded up, and puts
        the odd zero last. `valid` is none. `padding_mode` puts the map itself there.

        Without padding a map shrinks by F-1 at each layer, and what is at the border is read
        by fewer windows than what is in the middle.""",
        called="pad, zero padding, border",
        formulas="""half: P = (F - 1)/2
        same: P before and behind = max((ceil(W/S) - 1)*S + F - W, 0), split in two""",
        examples=(
            Example("conv: {filters: 10, kernel: 5, padding: half}", "3x32x32", OUTPUT),
            Example("conv: {filters: 10, kernel: 4, padding: same}", "3x5x5", OUTPUT),
            Example("conv: {filters: 10, kernel: 5}", "3x32x32", OUTPUT),
        ),
        tries="""cnncalc explain conv
        cnncalc check vgg16""",
    ),
    "same": topic(
        "the padding that makes an output W/S, rounded up",
        """As TensorFlow has it: what is missing is put on both sides, and of an odd number the
        odd zero behind. At stride 1 the size stays, whatever the kernel. At stride 2 it is
        not what `half` is: on an even size `half` begins one place earlier.""",
        called="padding same, samepadding",
        formulas="output = ceil(W / S)",
        examples=(
            Example("conv: {filters: 8, kernel: 3, stride: 2, padding: same}", "3x224x224", OUTPUT),
            Example("conv: {filters: 8, kernel: 3, stride: 2, padding: half}", "3x224x224", OUTPUT),
        ),
        tries="cnncalc explain padding",
    ),
    "stride": topic(
        "how far a window moves at a time",
        """An output is about S times smaller along each axis, and a layer behind it sees S
        times as far. In a table, `stride` is that of the whole way from the input: how many
        inputs apart two neighbouring outputs look.""",
        called="step, jump, downsampling, strides",
        formulas="""output: (W - F + 2P)/S + 1
        stride from the input: product of the strides""",
        examples=(
            Example(
                "conv: {filters: 64, kernel: 7, stride: 2, padding: half}",
                "3x224x224",
                ("output", "field"),
            ),
        ),
        tries="cnncalc analyze resnet50 --columns output,field,stride,offset",
    ),
    "dilation": topic(
        "how far the taps of a kernel stand apart",
        """A dilated kernel reads every D-th input: it sees as far as a kernel of D*(F-1) + 1,
        with as few weights as one of F. What lies between its taps it does not read: several
        layers with the same dilation leave holes, which `check` calls gridding (CNN912).""",
        called="atrous, dilated, trous, holes",
        formulas="extent = D*(F - 1) + 1",
        examples=(
            Example(
                "conv: {filters: 8, kernel: 3, dilation: 2, padding: half}",
                "3x32x32",
                ("output", "params", "field"),
            ),
        ),
        tries='cnncalc calc "conv: {filters: 1, kernel: 3, dilation: 2}" --values "11111 11111 '
        '11111 11111 11111"',
    ),
    "field": topic(
        "the receptive field: how much of the input an output can see",
        """A stack of L layers with kernels of K at stride 1 sees 1 + L(K-1) inputs: three 3x3
        layers see what one 7x7 does. A stride multiplies what each later layer adds. Padding
        counts: a field may be larger than the input.

        In a table `all` is what sees the whole input and has no place in it, a star what
        sees it besides (a gate, a norm, attention), `?` what is not known. Where branches
        join, the field is the union of theirs.""",
        called="receptive field, rf, fov, view",
        formulas="""at stride 1: 1 + L*(K - 1)
        layer by layer: field + (extent - 1)*stride, then stride*S""",
        examples=(
            Example(
                "conv: {filters: 64, kernel: 7, stride: 2, padding: half}", "3x224x224", ("field",)
            ),
        ),
        tries="""cnncalc analyze vgg16 --columns output,field,stride
        cnncalc explain vgg16 conv1.1.conv""",
    ),
    "offset": topic(
        "where the first output's field begins",
        """The first input that output 0 sees; below 0 it is padding. Output i sees from offset
        + i*stride on. Branches of a join whose outputs do not look from the same place are
        misaligned.""",
        called="start, centre, center, misaligned, alignment",
        formulas="output i sees offset + i*stride to offset + i*stride + field - 1",
        examples=(Example("conv: {filters: 8, kernel: 3, padding: 1}", "3x32x32", ("field",)),),
        tries="cnncalc analyze resnet18 --columns output,field,stride,offset",
    ),
    "kernel": topic(
        "the window that a filter or a pool reads at once",
        """One number for all axes, or one for each: `1x7` is one high and seven wide. An output
        of a convolution is a dot product with the whole window of all channels that it
        reads: 5*5*3 = 75 numbers for a kernel of 5 on a colour image. Two 3x3 in a row see
        what one 5x5 does, with 18 weights for each pair of channels in place of 25.""",
        called="filter size, kernel size, window, patch, filter",
        formulas="weights of a filter = channels/groups * F * F",
        examples=(
            Example("conv: {filters: 6, kernel: 5}", "3x32x32", ("output", "params", "MACs")),
        ),
        tries="""cnncalc explain conv
        cnncalc calc "conv: {filters: 1, kernel: 3}" --values "101 010 101" --kernel edge""",
    ),
    "1x1": topic(
        "a convolution with a kernel of 1",
        """At each place it is a linear layer over the channels, the same at every place: 64
        channels and 32 filters are 32 dot products of 64 numbers. It makes channels fewer
        before a costly layer (a bottleneck), or more behind one, or mixes what depthwise
        convolutions keep apart.""",
        called="1x1 convolution, pointwise, bottleneck, network in network, projection",
        formulas="params = filters * channels + filters",
        examples=(
            Example("conv: {filters: 32, kernel: 1}", "64x56x56", ("output", "params", "MACs")),
            Example("linear: 32", "64", ("params", "MACs")),
        ),
        tries="""cnncalc compare inception_naive inception_bottleneck
        cnncalc explain groups""",
    ),
    "groups": topic(
        "channels in parts, each read by its own filters",
        """With G groups a filter reads C/G channels: parameters and MACs are a G-th. As many
        groups as channels is a depthwise convolution; with a 1x1 behind it, it is depthwise
        separable, as in MobileNet and Xception. What groups keep apart a `channel_shuffle`
        or a 1x1 brings together.""",
        called="grouped, grouped convolution, depthwise, separable, depthwise separable",
        formulas="params = filters * (C/G * F*F) + filters",
        examples=(
            Example(
                "conv: {filters: 64, kernel: 3, padding: half}", "64x56x56", ("params", "MACs")
            ),
            Example(
                "conv: {filters: 64, kernel: 3, padding: half, groups: 64}",
                "64x56x56",
                ("params", "MACs"),
            ),
        ),
        tries="cnncalc compare resnet50 resnext50_32x4d",
    ),
    "fit": topic(
        "whether windows come out even",
        """Where (W - F + 2P)/S is not whole, the last rows and columns are never read. Of the
        2.33 places below one lecture says that they do not fit, another rounds them down.
        `fit: strict` makes it an error (CNN405); without, it is rounded down as PyTorch does. A
        stride of 2 with padding on an even size leaves a row of padding unread, which loses
        nothing: ResNet does so.""",
        called="does not fit, strict, floor, rounding, ceil",
        formulas="(W - F + 2P) mod S = 0",
        examples=(Example("conv: {filters: 1, kernel: 3, stride: 3}", "1x7x7", ("output", "")),),
        tries='cnncalc calc "conv: {filters: 1, kernel: 3, stride: 3}" --input 1x7x7 --want 3x3',
    ),
    "pooling": topic(
        "a window that makes one number of several, channel by channel",
        """The largest or the mean of each window, without weights. It makes a map smaller, and
        what is found less dependent on where it is: moved within its window, the largest
        stays the same. A global pool takes the whole map, so that a network reads images of
        any size.""",
        called="pool, subsampling, pools, translation invariance, invariance",
        formulas="(W - F + 2P)/S + 1, without parameters",
        examples=(Example("max_pool: 2", "64x224x224", ("output", "params", "FLOPs")),),
        tries="""cnncalc calc "max_pool: 2" --values "1 2 5 6; 3 4 7 8; 3 2 1 0; 1 2 3 4"
        cnncalc explain max_pool""",
    ),
}
