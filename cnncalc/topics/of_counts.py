"""Words of what is counted."""

from cnncalc.topics.topic import Example, topic

TOPICS = {
    "params": topic(
        "parameters: the numbers that a network learns",
        """A convolution has a kernel for each pair of a filter and a channel that it reads, and
        a bias for each filter; a linear layer a weight for each pair of a unit and an input.
        Frozen parameters count; what is kept but not learned, as the running statistics of a
        batch norm, is a buffer. Shared weights count once.""",
        called="parameters, weights, trainable, frozen, size",
        formulas="""conv: filters * (C/groups * F*F) + filters
        linear: units * inputs + units
        batch norm: 2 * channels""",
        examples=(
            Example("conv: {filters: 96, kernel: 11, stride: 4}", "3x227x227", ("params", "")),
            Example("linear: 10", "3072", ("params",)),
        ),
        tries="cnncalc analyze lenet5 --columns kind,params,weights",
    ),
    "buffers": topic(
        "numbers that a network keeps and does not learn",
        """The running mean and variance of a batch norm, and how many batches it saw; a fixed
        filter; a table of positions by sines. They are in a checkpoint and in no count of
        parameters.""",
        called="running statistics, buffer",
        examples=(Example("batch_norm", "64x56x56", ("params", "buffers")),),
        tries="cnncalc analyze resnet50 --columns params,buffers",
    ),
    "macs": topic(
        "multiply-accumulates: a multiplication and the addition of its product",
        """Of convolutions, linear layers and matrix products, for one sample, without biases. A
        convolution does one for each weight of a filter at each place of its output. Papers
        that say FLOPs often mean MACs.""",
        called="mac, multiply-accumulate, madds, mult-adds, multadds, operations, gmacs",
        formulas="conv: filters * H*W * (C/groups * F*F)",
        examples=(
            Example("conv: {filters: 192, kernel: 3, padding: half}", "256x28x28", ("MACs",)),
        ),
        tries="""cnncalc compare inception_naive inception_bottleneck
        cnncalc analyze resnet50 --columns output,macs""",
    ),
    "flops": topic(
        "floating-point operations: 2 for each MAC, and every other operation",
        """Biases, comparisons of a ReLU, exponentials of a softmax count one each. Other tools
        count otherwise: some say FLOPs for MACs, some leave activations out; the
        documentation of numbers has the table.""",
        called="flop, gflops, operations count, ops",
        formulas="2 * MACs + additions + multiplications + divisions + comparisons + ...",
        examples=(
            Example("conv: {filters: 64, kernel: 3, padding: half}", "3x32x32", ("FLOPs",)),
            Example("softmax", "1000", ("FLOPs",)),
        ),
        tries="cnncalc analyze resnet50 --format json",
    ),
    "activations": topic(
        "the numbers that layers put out",
        """The sizes of all outputs, added up: neurons, where a layer is thought of as a sheet
        of them. In training most are kept for the backward pass, so that memory grows with
        them and with the batch.""",
        called="neurons, units, feature maps, activation count",
        formulas="channels * H * W of each output",
        examples=(Example("conv: {filters: 5, kernel: 5, padding: half}", "3x28x28", ("output",)),),
        tries="cnncalc analyze vgg16 --columns output,activations",
    ),
    "connections": topic(
        "products with a weight, and biases, wherever they are used",
        """LeCun's count of 1998: a weight of a convolution is used at each place of the output,
        and is a connection at each.""",
        called="connection",
        formulas="MACs, and a bias for each output",
        tries="cnncalc analyze lenet5_1998 --columns params,connections",
    ),
    "bars": topic(
        "the part of all MACs that a layer takes",
        """The bars behind the MACs of a table.""",
        called="share of macs, percent",
        tries="cnncalc analyze vgg16",
    ),
}
