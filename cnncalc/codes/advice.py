"""Design advice: `CNN9xx`. What a sound network could do better."""

from cnncalc.codes.page import page

PAGES = {
    "CNN901": page(
        "rows or columns that are never read",
        """The windows of a layer do not fit its input: `(W - F + 2P)/S + 1` is not whole, and
        behind the last window stand rows or columns of the map that nothing reads. What was
        computed there is lost, always on the same side of the image. `rounding: ceil` lets a pool
        read them; else change padding, or the size that arrives. `fit: strict` makes it an
        error.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
  - max_pool: 4
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
  - max_pool: 2
""",
    ),
    "CNN902": page(
        "the input is no multiple of the total stride",
        """Each layer with a stride divides the sides of the map. Where the input's sides are not
        divisible by the product of all strides, sizes are rounded on the way: rows get lost, or
        the last windows hang over into the padding, and what is upsampled again does not come out
        at the same size. Said of networks that otherwise keep or divide sizes evenly; where
        unpadded windows eat into the map, other sizes fit.""",
        """
input: 3x225x225
layers:
  - conv: {filters: 32, kernel: 3, stride: 2, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, stride: 2, padding: half}
""",
        """
input: 3x224x224
layers:
  - conv: {filters: 32, kernel: 3, stride: 2, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, stride: 2, padding: half}
""",
    ),
    "CNN903": page(
        "unpadded convolutions shrink the map",
        """Without padding a convolution makes the map smaller by F-1, and the pixels at its rim
        count for less and less. One or two in a row between poolings are common; more shrink the
        map too fast to build anything deep. Zero padding of (F-1)/2, `half`, keeps the size.""",
        """
input: 3x32x32
layers:
  - repeat: 3
    layers: [{conv: {filters: 16, kernel: 3}}, relu]
""",
        """
input: 3x32x32
layers:
  - repeat: 3
    layers: [{conv: {filters: 16, kernel: 3, padding: half}}, relu]
""",
    ),
    "CNN904": page(
        "a stride that steps over pixels",
        """The windows of a layer leave positions of its input between them, and nothing else reads
        those either: most of what the layers before it computed there is thrown away. A 1x1
        convolution with stride 2 drops three positions of four. Beside a branch that reads them
        all, as in the shortcut of a residual block, nothing is lost and nothing is said. Stride in
        a layer whose window is at least as large, as ResNet's version 1.5 does.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
  - relu
  - conv: {filters: 32, kernel: 1, stride: 2}
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
  - relu
  - conv: {filters: 32, kernel: 3, stride: 2, padding: half}
""",
    ),
    "CNN905": page(
        "a large filter where small ones do",
        """Two 3x3 convolutions in a row see 5x5, three see 7x7: with 18*C*C instead of 25*C*C
        weights, and 27 instead of 49, and a nonlinearity more (Simonyan & Zisserman 2015). A 1xn
        convolution and an nx1 behind it see nxn with 2n instead of n*n (Szegedy 2016). Said of odd
        square filters over at least 16 channels, where it saves 2% of the network's parameters or
        MACs; the stack is taken through the narrower of the two widths.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 5, padding: half}
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - repeat: 2
    layers: [relu, {conv: {filters: 64, kernel: 3, padding: half}}]
""",
    ),
    "CNN906": page(
        "an expensive filter without a bottleneck",
        """A filter over 256 channels or more takes a third of all MACs of the network. A 1x1
        convolution before it that makes fewer channels, a bottleneck, lets it read those instead
        (Szegedy 2015, He 2016). The hint has what a quarter of the channels saves; how far they
        may be narrowed is for training to say.""",
        """
input: 256x28x28
layers:
  - concat:
      direct: [{conv: {filters: 128, kernel: 1}}]
      wide:   [{conv: {filters: 192, kernel: 3, padding: half}}]
""",
        """
input: 256x28x28
layers:
  - concat:
      direct: [{conv: {filters: 128, kernel: 1}}]
      wide:
        - conv: {filters: 64, kernel: 1}
        - relu
        - conv: {filters: 192, kernel: 3, padding: half}
""",
    ),
    "CNN907": page(
        "a fully connected layer holds most parameters",
        """A `linear` behind `flatten` has a weight for each position of each channel, and here it
        has more than half of the network's. They overfit first, and fix the input's size. Global
        average pooling leaves one number per channel, as in Network in Network, GoogLeNet and
        ResNet: the layer then has as many weights as channels times units.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - repeat: 3
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - flatten
  - linear: 512
  - relu
  - linear: 10
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - repeat: 3
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - global_avg_pool
  - linear: 512
  - relu
  - linear: 10
""",
    ),
    "CNN908": page(
        "a receptive field smaller than the image",
        """The features that are averaged at the end each see but a part of the image: less than
        three quarters of a side, or less than half where a fully connected layer joins all places.
        The network can count what it finds, not relate what lies farther apart. More layers, or
        strides earlier, widen the field. Said of networks that read one image.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - max_pool: 2
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
    ),
    "CNN909": page(
        "layers that see nothing new",
        """The input of these layers sees the whole image already, by even the shortest way through
        the branches: their windows bring nothing in, they only recombine it. Such layers were
        measured to contribute little (Richter 2021). Where they hold a tenth of the parameters, a
        larger image, a later stride or fewer layers are worth a try; shortcuts keep the shortest
        way short, and nothing is said.""",
        """
input: 3x32x32
layers:
  - repeat: 4
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
        """
input: 3x64x64
layers:
  - repeat: 4
    layers: [{conv: {filters: 32, kernel: 3, padding: half}}, relu, {max_pool: 2}]
  - conv: {filters: 32, kernel: 3, padding: half}
  - relu
  - global_avg_pool
  - linear: 10
""",
    ),
    "CNN910": page(
        "a misaligned join",
        """The branches of a join are centred on different pixels of the image, half a position of
        their map or more apart: what is added belongs to neighbouring places. It comes from even
        kernels, and from `same` padding at stride 2, which puts the odd pixel on one side only.
        For the shift of each branch, see `cnncalc explain`.""",
        """
input: 16x32x32
layers:
  - add:
      residual: [{max_pool: {kernel: 3, stride: 2, padding: same}}]
      shortcut: [{conv: {filters: 16, kernel: 1, stride: 2}}]
""",
        """
input: 16x32x32
layers:
  - add:
      residual: [{max_pool: {kernel: 3, stride: 2, padding: half}}]
      shortcut: [{conv: {filters: 16, kernel: 1, stride: 2}}]
""",
    ),
    "CNN911": page(
        "windows that see only padding",
        """Some weights of a convolution never meet anything but the zeros around the map, or a
        quarter of its outputs see nothing else. A dilation as large as the map leaves of a 3x3
        kernel its middle; a 3x3 kernel over a 1x1 map likewise. Those weights are never trained,
        those outputs are constant.""",
        """
input: 16x14x14
layers:
  - conv: {filters: 16, kernel: 3, dilation: 18, padding: half}
""",
        """
input: 16x14x14
layers:
  - conv: {filters: 16, kernel: 3, dilation: 6, padding: half}
""",
    ),
    "CNN912": page(
        "dilations that leave holes",
        """Dilated convolutions in a row whose dilations share a factor see a grid: an output never
        sees the positions between, and its neighbour sees only those (Wang 2018). Dilations that
        grow from 1, such as 1, 2, 4, see every position. What convolutions before have smeared
        over the holes counts as seen.""",
        """
input: 3x64x64
layers:
  - repeat: 3
    layers: [{conv: {filters: 16, kernel: 3, dilation: 2, padding: half}}, relu]
""",
        """
input: 3x64x64
layers:
  - each: dilation
    rows: [1, 2, 4]
    layers: [{conv: {filters: 16, kernel: 3, dilation: dilation, padding: half}}, relu]
""",
    ),
    "CNN913": page(
        "a bias before normalisation",
        """Batch and instance normalisation take the mean of each channel away, and with it any bias
        that was added before: the parameter changes nothing, and its gradient is zero. The norm
        has a shift of its own. `bias: false`, once under `defaults`, leaves it out.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - batch_norm
  - relu
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, bias: false}
  - batch_norm
  - relu
""",
    ),
    "CNN914": page(
        "two linear maps without a nonlinearity between",
        """Two convolutions or two fully connected layers in a row, with at most batch normalisation
        between, are one linear map, and one layer would do at no greater cost. A nonlinearity was
        probably forgotten. Where two are cheaper than one, they are meant, and nothing is said: a
        depthwise and a pointwise convolution, 1xn and nx1, two 3x3 for a 5x5, a bottleneck.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - conv: {filters: 64, kernel: 1}
  - relu
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 1}
  - relu
""",
    ),
    "CNN915": page(
        "batch normalisation behind the nonlinearity",
        """Batch normalisation was made for what enters a nonlinearity: with mean 0 and variance 1,
        half of it is on either side of a ReLU's bend. Behind it, values are bent already. Before
        it, the norm also folds into the convolution once the network is trained.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
  - batch_norm
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, bias: false}
  - batch_norm
  - relu
""",
    ),
    "CNN916": page(
        "saturating activations in a row",
        """Sigmoid, tanh and their like are flat on both sides: at each of them gradients shrink, by
        a sigmoid to a quarter at most. Five sigmoids in a row, or more than eight of any, with no
        normalisation, shortcut or other activation between, leave the first layers next to nothing
        to learn from.""",
        """
input: 784
layers:
  - repeat: 5
    layers: [{linear: 64}, sigmoid]
  - linear: 10
""",
        """
input: 784
layers:
  - repeat: 5
    layers: [{linear: 64}, relu]
  - linear: 10
""",
    ),
    "CNN917": page(
        "softmax as the last layer",
        """Cross-entropy, as PyTorch has it, takes the softmax of what the network gives. Of one
        that ends in `softmax` it takes it twice: gradients get small, and the loss never comes near
        0. End with the numbers before it, the logits, and take the softmax where probabilities are
        wanted.""",
        """
input: 784
layers:
  - linear: 64
  - relu
  - linear: 10
  - softmax
""",
        """
input: 784
layers:
  - linear: 64
  - relu
  - linear: 10
""",
    ),
    "CNN918": page(
        "channels that are no multiple of 8",
        """Tensor cores take half-precision channels eight at a time; what is left over is padded or
        computed elsewhere, at a fraction of the speed. Said where at least a fifth of the MACs of
        a network of 100 M or more stand in such layers. The input's channels and the last layer's
        are given, and depthwise layers do not run there.""",
        """
input: 3x128x128
layers:
  - conv: {filters: 60, kernel: 3, padding: half}
  - relu
  - conv: {filters: 60, kernel: 3, padding: half}
""",
        """
input: 3x128x128
layers:
  - conv: {filters: 64, kernel: 3, padding: half}
  - relu
  - conv: {filters: 64, kernel: 3, padding: half}
""",
    ),
    "CNN919": page(
        "a name that nothing uses",
        """An argument of the network or of a block, a name under `let` or a column of `each` stands
        in no value: to change it changes nothing. Either it is left over, or the place that should
        read it has a fixed number. What other files bring in by `include` and `extends` is not
        looked at.""",
        """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: 16, kernel: 3}
""",
        """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: width, kernel: 3}
""",
    ),
    "CNN920": page(
        "a block that nothing calls",
        """A block of this spec is called nowhere: it is no part of the network. Blocks for several
        specs stand in a file of their own, which they `include`.""",
        """
input: 3x32x32
blocks:
  unit:
    layers: [relu]
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
""",
        """
input: 3x32x32
blocks:
  unit:
    layers: [relu]
layers:
  - conv: {filters: 16, kernel: 3}
  - unit
""",
    ),
    "CNN921": page(
        "a default that no layer takes",
        """A field under `defaults` reaches no layer: there is none of that kind, or each gives the
        field itself.""",
        """
input: 3x32x32
defaults:
  conv: {padding: half}
layers:
  - conv: {filters: 16, kernel: 3, padding: 0}
""",
        """
input: 3x32x32
defaults:
  conv: {padding: half}
layers:
  - conv: {filters: 16, kernel: 3}
""",
    ),
    "CNN922": page(
        "a layer whose output nothing reads",
        """What a layer makes leads to no output of the network. Its parameters count, take memory,
        and get no gradient. An item further down reads something else, by `from`, and nothing comes
        back to this one: join it, list it under `outputs`, or leave it out.""",
        """
input: 3x32x32
layers:
  - {name: stem, conv: {filters: 16, kernel: 3}}
  - conv: {filters: 32, kernel: 3}
  - {from: stem, relu: }
""",
        """
input: 3x32x32
layers:
  - {name: stem, conv: {filters: 16, kernel: 3}}
  - relu
""",
    ),
}
