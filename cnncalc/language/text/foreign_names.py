"""What other tools call layers and their fields, and what to write here.

The names are those of PyTorch, Keras, Caffe, darknet, Ultralytics and ONNX. Read only once a word
is unknown: reading a sound spec does not pay for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple


class Foreign(NamedTuple):
    """What a foreign name is here: `called` another word of ours, or `written` otherwise; neither:
    it cannot be said yet."""

    called: str | None = None
    written: str | None = None

    def hint(self, name: str) -> str:
        """What to type, or that there is nothing to type yet."""
        if self.called:
            return f"here it is called `{self.called}`"
        return self.written or f"`{name}` cannot be said yet"


CALLED = {
    "conv": "Convolution Convolutional ConvLayer Convolution2D MKLConvolution QLinearConv",
    "conv_transpose": """ConvTranspose Conv2DTranspose Deconv Deconvolution Deconvolutional UpConv
        TransposedConv TransposeConv ConvolutionTranspose FractionallyStridedConv""",
    "linear": """Dense FC FullyConnected InnerProduct Connected Affine Gemm Addmm LazyLinear ip
        QLinearMatMul""",
    "max_pool": "MaxPooling MaxPool maxpool_layer",
    "avg_pool": "AveragePooling AveragePool AvgPool MeanPool AvePool mean_pooling",
    "lp_pool": "LPPool PowerAveragePool",
    "global_avg_pool": """GlobalAveragePooling GlobalAveragePool GAP GlobalMeanPool
        AvgPoolGlobal global_average global_pool""",
    "gem_pool": "GeM GeMPooling GeneralizedMeanPooling",
    "global_max_pool": "GlobalMaxPooling GlobalMaxPool GMP",
    "adaptive_avg_pool": "AdaptiveAveragePooling AdaptiveAvgPool AdaptiveAveragePool",
    "adaptive_max_pool": "AdaptiveMaxPooling AdaptiveMaxPool",
    "mean": "ReduceMean",
    "sum": "ReduceSum",
    "max": "ReduceMax",
    "min": "ReduceMin",
    "norm": "ReduceL1 ReduceL2 VectorNorm",
    "variance": "Var ReduceVariance",
    "std": "ReduceStd StandardDeviation",
    "batch_norm": """BatchNormalization BatchNormalisation BN SyncBatchNorm BatchNorm SyncBN
        SpatialBN batch_normalize batch_norm_layer CudnnBatchNorm BatchNormAct""",
    "frozen_batch_norm": "FrozenBatchNorm FrozenBatchNorm2d FrozenBN FrozenBatchNormalization",
    "mean_only_batch_norm": "MeanOnlyBatchNorm MeanOnlyBN MeanOnlyBatchNormalization",
    "instance_norm": "InstanceNormalization InstanceNormalisation IN MVN InstanceNorm",
    "layer_norm": "LayerNormalization LayerNormalisation LN LayerNorm",
    "group_norm": "GroupNormalization GroupNormalisation GN GroupNorm",
    "rms_norm": "RMSNormalization RMSNormalisation RMSNorm SimplifiedLayerNormalization",
    "local_response_norm": """LRN LocalResponseNormalization ResponseNorm CrossMapLRN
        LocalResponseNorm Normalization CrossMapNorm""",
    "global_response_norm": "GRN",
    "normalize": "L2Norm L2Normalize LpNormalization UnitNormalization",
    "relu": "ReLU RectifiedLinear Rectifier Rectify",
    "relu6": "ReLU_6 ReLUN6",
    "leaky_relu": "LeakyReLU Leaky LReLU LeakyRectify",
    "prelu": "PReLU ParametricReLU ParamReLU",
    "silu": "Swish SiLU SwishActivation",
    "gelu": "GELU GeluActivation gelu_new",
    "hard_swish": "HardSwish HSwish H_Swish",
    "hard_sigmoid": "HardSigmoid HSigmoid H_Sigmoid",
    "sigmoid": "Logistic Sigmoid Expit",
    "tanh": "TanH Tanh hyperbolic_tangent",
    "arctan": "Atan ArcTan",
    "softplus": "SoftPlus BNLL",
    "softmax": "SoftMax SoftmaxActivation",
    "log_softmax": "LogSoftMax log_soft_max",
    "step": "Heaviside BinaryStep",
    "hard_tanh": "Hardtanh HTanh",
    "softsign": "Softsign",
    "log_sigmoid": "LogSigmoid",
    "celu": "CELU",
    "mish": "Mish",
    "quick_gelu": "QuickGELU",
    "relu_squared": "SquaredReLU",
    "soft_shrink": "Softshrink",
    "hard_shrink": "Hardshrink",
    "tanh_shrink": "Tanhshrink",
    "threshold": "ThresholdedReLU",
    "abs": "Absolute AbsVal",
    "square": "Sqr",
    "sqrt": "SquareRoot",
    "exp": "Exponential",
    "log": "Logarithm",
    "reciprocal": "Inverse",
    "power": "Pow",
    "clamp": "Clip ClipByValue",
    "maxout": "MaxOut MaxoutDense",
    "glu": "GatedLinearUnit",
    "dropout": "Dropout DropoutLayer",
    "alpha_dropout": "FeatureAlphaDropout",
    "drop_path": "StochasticDepth",
    "gaussian_noise": "GaussianNoise",
    "identity": "NoOp Identity",
    "flatten": "Flatten Ravel FlattenLayer",
    "to_sequence": "MapToSequence PatchesToTokens flatten_to_tokens",
    "to_windows": "WindowPartition WindowPartitioning GridPartition PatchPartition",
    "from_windows": "WindowReverse GridReverse WindowMerge",
    "upsample": """UpSampling Upsample UpsamplingNearest Interpolate Resize ResizeNearest
        ResizeNearestNeighbor NearestUpsample Interp""",
    "pixel_shuffle": "PixelShuffle SubPixelConv",
    "pixel_unshuffle": "PixelUnshuffle PixelUnShuffle InversePixelShuffle",
    "reshape": "Reshape View",
    "unflatten": "Unflatten",
    "permute": "Permute Transpose MoveAxis MoveDim SwapAxes SwapDims",
    "roll": "Roll CyclicShift",
    "flip": "Flip Reverse ReverseV2",
    "channel_shuffle": "ChannelShuffle ShuffleChannel ShuffleChannels",
    "roi_align": "RoIAlign ROIAlign",
    "roi_pool": "RoIPool ROIPooling MaxRoiPool",
    "psroi_pool": "PSROIPooling PSRoIPool",
    "deform_conv": """DeformConv DeformableConv DeformConv2d DCN DCNv2 ModulatedDeformConv
        DeformConv2dPack ModulatedDeformConv2dPack""",
    "locally_connected": "LocallyConnected Local LocalConnection",
    "max_unpool": "MaxUnpool MaxUnpooling Unpooling Unpool MaxUnpool2d",
    "pad": """ZeroPadding ZeroPad Padding ConstantPad ConstantPad2d Pad""",
    "crop": "Cropping CenterCrop crop_layer",
    "slice": "Slice Split Chunk Narrow StridedSlice DynamicSlice TensorSplit",
    "scale": "Rescaling Rescale MulScalar MulConstant",
    "shift": "AddConstant AddScalar",
    "layer_scale": "LayerScale ChannelScale",
    "attention": """MultiheadAttention MultiHeadAttention MHA MHSA SelfAttention
        MultiHeadSelfAttention MultiHeadedAttention ScaledDotProductAttention""",
    "embedding": "Embedding Embed TokenEmbedding LookupTable WordEmbedding wte",
    "position": """PositionEmbedding PositionalEmbedding PosEmbed PositionEncoding wpe
        LearnedPositionalEncoding""",
    "sinusoidal_position": """SinusoidalPositionalEncoding PositionalEncoding SineEncoding
        SinePositionEncoding SinusoidalPositionalEmbedding SinusoidalEmbedding""",
    "learned": """Latents LatentArray ObjectQueries QueryEmbed QueryEmbedding QueryTokens
        Parameter""",
    "fixed": "Constant Buffer ConstantTensor",
    "by_offset": "RelativePositionalBias",
    "class_token": "ClsToken CLS ClassEmbedding",
    "lstm": "LSTM CuDNNLSTM LSTMLayer",
    "gru": "GRU CuDNNGRU GRULayer",
    "rnn": "SimpleRNN RNN Elman VanillaRNN",
    "concat": "Concatenate Cat Merge DepthConcat FilterConcat Concatenation ConcatV2 JoinTable",
    "add": "Eltwise EltwiseSum Residual Plus AddN CAddTable ElementwiseAdd",
    "subtract": "Sub Minus CSubTable",
    "multiply": """Mul Product Times EltwiseProduct CMulTable ScaleChannels
        SAM""",
    "divide": "Div TrueDiv RealDiv EltwiseDiv CDivTable",
    "maximum": "EltwiseMax CMaxTable",
    "minimum": "EltwiseMin CMinTable",
    "average": "Average AverageMerge MeanMerge",
    "matmul": "MatMul BMM BatchMatMul BatchMatMulV2 Dot Einsum",
    "elu": "ELU ExponentialLinear",
    "selu": "SELU ScaledExponentialLinear",
    "blur_pool": "BlurPool BlurPool2d AntiAliasPool AntiAliasedDownsample",
    "fixed_filter": "FixedFilter Filter2D Sobel SobelFilter Laplacian EdgeFilter",
    "subsample": "SubSampling Subsample",
    "pad_channels": "ChannelPad PadChannels",
    "activation": "Activation Act Nonlinearity",
}
"""Words of ours, and what they are called elsewhere."""

_DEPTHWISE = "{conv: {filters: in_channels, kernel: 3, padding: half, groups: in_channels}}"
_POOL5 = "{max_pool: {kernel: 5, stride: 1, padding: half}}"

WRITTEN = {
    _DEPTHWISE[1:-1]: """DepthwiseConv DepthwiseConv2D DWConv Depthwise ConvolutionDepthwise
        DepthwiseConvolution""",
    f"layers: [{_DEPTHWISE}, {{conv: {{filters: 64, kernel: 1}}}}]": """
        SeparableConv SeparableConv2D SepConv DepthwiseSeparable DepthwiseSeparableConv
        SeparableConvolution DSConv""",
    "conv: {filters: 64, kernel: 1}": "PointwiseConv Pointwise Conv1x1 NetworkInNetwork nin_layer",
    "conv: {filters: 64, kernel: 3, padding: half, groups: 4}": "GroupConv GroupedConv GConv",
    "conv: {filters: 64, kernel: 3, padding: half, dilation: 2}": """AtrousConv DilatedConv
        AtrousConvolution2D DilatedConvolution""",
    "conv: {filters: 64, kernel: 3, weight_norm: true}": "WeightNorm WeightNormalization WNConv",
    "conv: {filters: 64, kernel: 3, spectral_norm: true}": """SpectralNorm SpectralNormalization
        SNConv SpectralConv SNConv2d""",
    "conv: {filters: 64, kernel: 3, weight_standardization: true}": """WeightStandardization StdConv
        WSConv StdConv2d WeightStandardizedConv WSConv2d""",
    "linear: {units: 64, spectral_norm: true}": "SNLinear SNDense",
    "layers: [{conv: {filters: 64, kernel: 3, padding: half, bias: false}}, batch_norm, relu]": """
        ConvBNReLU CBR BasicConv BasicConv2d ConvModule ConvBNAct Conv2dNormActivation ConvBlock
        ConvBN ConvNormAct ConvBnReLU""",
    "layers: [{conv: {filters: 64, kernel: 3, padding: half, bias: false}}, batch_norm, silu]": """
        CBS ConvBNSiLU BaseConv""",
    "linear: 64": "TimeDistributed TimeDistributedDense",
    "add: {seen: [to_sequence, {attention: 1}, {unflatten: 32x32}], was: [identity]}": """
        NonLocal NonLocalBlock NonLocal2d""",
    "concat: {kept: [{slice: {stop: in_channels // 2}}], "
    "worked: [{slice: {start: in_channels // 2}}, to_sequence, {attention: 2}, "
    "{unflatten: 32x32}]}": "C2PSA PSA PSAModule PSABlock",
    "max_pool: {kernel: 3, stride: 2}": "Pooling Pool PoolingLayer",
    "pad: {size: 1, mode: reflect}": "ReflectionPad ReflectionPad2d ReflectPad MirrorPad",
    "pad: {size: 1, mode: replicate}": "ReplicationPad ReplicationPad2d EdgePad ReplicatePad",
    "pad: {size: 1, mode: circular}": "CircularPad CircularPad2d WrapPad",
    "dropout: {rate: 0.5, spatial: true}": """SpatialDropout SpatialDropout2D Dropout1d Dropout2d
        Dropout3d FeatureDropout""",
    "upsample: {scale: 2, mode: linear}": "UpsamplingBilinear UpsamplingBilinear2d ResizeBilinear",
    "pixel_shuffle: {factor: 2, order: rows}": "DepthToSpace",
    "pixel_unshuffle: {factor: 2, order: rows}": "SpaceToDepth Reorg ReorgYolo",
    "layers: [{pixel_unshuffle: {factor: 2, order: columns}}, {conv: {filters: 64, kernel: 3, "
    "padding: half}}]": "Focus",
    "layers: [{pixel_unshuffle: {factor: 2, order: columns}}, layer_norm, {conv: {filters: "
    "in_channels // 2, kernel: 1, bias: false}}]": "PatchMerging PatchMerge",
    "reshape: [-1, 1]": "Squeeze Unsqueeze ExpandDims",
    "scale: -1": "Neg Negative Negate",
    "multiply: {gate: [global_avg_pool, {reshape: [1, -1]}, {conv: {filters: 1, kernel: 3, "
    "padding: half, bias: false}}, sigmoid, {reshape: [-1, 1, 1]}], map: [identity]}": """ECA
        ECALayer EcaModule""",
    "layers: [sqrt, reciprocal]": "Rsqrt",
    "layers: [{scale: -1}, softmax]": "Softmin",
    "glu: gelu": "GEGLU",
    "glu: silu": "SwiGLU",
    "glu: relu": "ReGLU",
    "glu: identity": "SimpleGate BilinearGLU",
    "concat: {plus: [relu], minus: [{scale: -1}, relu]}": "CReLU ConcatReLU",
    "concat: {one: [identity], other: [relu]}": "Route DenseConcat",
    "add: {residual: [{conv: {filters: in_channels, kernel: 3, padding: half}}], "
    "shortcut: [identity]}": """Shortcut Skip SkipConnection ResBlock ResidualBlock BasicBlock
        Bottleneck ResNetBlock InvertedResidual""",
    "multiply: {gate: [{global_avg_pool: {keep: true}}, {conv: {filters: 4, kernel: 1}}, relu, "
    "{conv: {filters: 16, kernel: 1}}, sigmoid], map: [identity]}": """SE SEBlock SELayer SEModule
        SqueezeExcite SqueezeExcitation SqueezeAndExcitation""",
    "layers: [{name: map, identity: }, {global_avg_pool: {keep: true}}, {name: scores, layers: "
    "[{conv: {filters: 4, kernel: 1}}, relu, {conv: {filters: 16, kernel: 1}}]}, "
    "{from: map, global_max_pool: {keep: true}}, {name: others, share: scores}, "
    "{add: [scores, others]}, sigmoid, {multiply: {gate: [identity], map: map}}, "
    "{multiply: {gate: [{concat: {mean: [{mean: channels}], max: [{max: channels}]}}, "
    "{conv: {filters: 1, kernel: 7, padding: half}}, sigmoid], map: [identity]}}]": "CBAM",
    f"concat: {{one: [identity], two: [{_POOL5}], three: [{_POOL5}, {_POOL5}], "
    f"four: [{_POOL5}, {_POOL5}, {_POOL5}]}}": "SPPF SPP SpatialPyramidPooling",
    "concat: {kept: [{conv: {filters: 8, kernel: 1}}], worked: [{conv: {filters: 8, kernel: 1}}, "
    "{conv: {filters: 8, kernel: 3, padding: half}}]}": """C2f C3 C3k2 C2 C3k BottleneckCSP CSP
        CSPLayer""",
    "layers: [{conv: {filters: 64, kernel: 4, stride: 4}}, to_sequence]": """PatchEmbed
        PatchEmbedding Patchify PatchEncoder""",
    "lstm: {units: 64, bidirectional: true}": "BiLSTM Bidirectional BidirectionalLSTM",
    "gru: {units: 64, bidirectional: true}": "BiGRU BidirectionalGRU",
    "add: {seen: [layer_norm, {attention: {heads: 4}}], was: [identity]}": """
        TransformerEncoderLayer TransformerBlock TransformerEncoder EncoderLayer""",
    "attention: {heads: 4, keys: input}": "CrossAttention CrossAttn EncoderDecoderAttention",
    "attention: {heads: 4, key_heads: 2}": """GroupedQueryAttention GroupQueryAttention GQA
        MultiQueryAttention MQA""",
    "attention: {heads: 4, queries: [{crop: [[0, in_length - 1]]}]}": "ClassAttention ClassAttn",
    "attention: {heads: 4, rotary: 10_000}": """RotaryEmbedding RotaryPositionalEmbedding RoPE
        Rotary""",
    "attention: {heads: 4, alibi: true}": "ALiBi",
    "attention: {heads: 4, qk_norm: rms_norm}": "QKNorm QKNormAttention",
    "attention: {heads: 4, size: 4x8, relative: true}": """RelPosBias RelativePositionBias
        RelativeAttention""",
    "layers: [{to_windows: 8}, {attention: {heads: 4, size: 8, relative: true}}, "
    "{from_windows: 8}]": "WindowAttention ShiftedWindowAttention WindowMSA SwinAttention",
    "layers: [{add: {seen: [layer_norm, {attention: {heads: 4, causal: true}}], was: [identity]}}, "
    "{add: {read: [layer_norm, {attention: {heads: 4, keys: input}}], was: [identity]}}]": """
        TransformerDecoderLayer TransformerDecoder DecoderLayer""",
}
"""Items of ours, and what is one layer elsewhere."""

ELSEWHERE_IN_THE_SPEC = {
    "the spec's own key: `input: 3x224x224`": """Input InputLayer Data ImageData HDF5Data DummyData
        Placeholder MemoryData Net""",
    "the spec's own key: `outputs: {head: [...]}`": "Output OutputLayer Heads",
    "the spec's own key: `train: {loss: cross_entropy}`": """SoftmaxWithLoss CrossEntropyLoss
        EuclideanLoss MSELoss NLLLoss SigmoidCrossEntropyLoss Cost Loss Accuracy HingeLoss
        BCELoss BCEWithLogitsLoss L1Loss SmoothL1Loss""",
    "a group is `layers: [...]`": "Sequential ModuleList Block Stage",
    "a dropped item is `when: false`": "Silence Comment",
}
"""What is no layer here, and where it stands."""

UNSAID = """
    RReLU
    Sparsemax Entmax
    Erf Sign Sin Cos Floor
    Ceil Round Bias BiasAdd Mod Greater Less Equal Where Not And
    Expand Tile Repeat RepeatVector Rot90 Stack Unstack Unbind Gather Scatter IndexSelect
    Fold Unfold Im2Col Col2Im SpaceToBatch BatchToSpace Bilinear
    DropBlock GaussianDropout
    ActivityRegularization
    Masking Noise SymmetricPad
    FractionalMaxPool
    StochasticPool SoftPool PSRoIAlign
    RoIHeads Proposal PriorBox AnchorGenerator DetectionOutput NMS NonMaxSuppression
    Detect Segment Pose OBB YOLO Yolo Region Detection GaussianYolo
    Involution DynamicConv CondConv CoordConv FilterResponseNorm
    SwitchableNorm EvoNorm CoordAtt
    AdditiveAttention EmbeddingBag ConvLSTM ConvLSTM2D ConvRNN CRNN ConvGRU GRUCell LSTMCell
    RNNCell
    Lambda Shape Size Cast ConstantOfShape Range NonZero TopK
    ArgMax ArgMin CumSum OneHot ReduceProd Loop If Scan
    QuantizeLinear DequantizeLinear GridSample GridSampler SpatialTransformer AffineGrid
    A2C2f Correlation CTC Hashing CategoryEncoding Resampling
    RandomFlip RandomRotation RandomCrop RandomZoom
"""
"""What has no word here yet."""

_DIMENSIONS = pattern(r"(?<=[a-z])[123]d")
_SIGNS = pattern(r"[\W_]+")


LONGEST = 60
"""Characters of a name."""


def folded(name: str) -> str:
    """A name without the module it is in, in small letters, without what separates words."""
    own = re.split(r"[.:/]", name[:LONGEST].strip())[-1]
    return _SIGNS.sub("", own).lower()


@cache
def kinds() -> dict[str, Foreign]:
    """The foreign names, folded, and what they are here."""
    found = {folded(name): Foreign() for name in UNSAID.split()}
    for word, names in CALLED.items():
        found |= {folded(name): Foreign(called=word) for name in (word, *names.split())}
    for item, names in WRITTEN.items():
        found |= {folded(name): Foreign(written=f"write it as: - {item}") for name in names.split()}
    for where, names in ELSEWHERE_IN_THE_SPEC.items():
        found |= {folded(name): Foreign(written=where) for name in names.split()}
    return found


def foreign_kind(name: str, known: Collection[str]) -> Foreign | None:
    """What a kind of another tool is here, among the `known` words; None where it is no such."""
    exact = folded(name)
    bare = _DIMENSIONS.sub("", exact).removeprefix("lazy").removesuffix("layer")
    found = kinds().get(exact) or kinds().get(bare)
    return None if found and found.called and found.called not in known else found


# -- fields ---------------------------------------------------------------------------------

FIELDS = {
    "filters": "out_channels num_output output_channels out_planes channels nout c2 n_filters",
    "taps": "kernel filter weights coefficients",
    "kernel": "filt_size kernel_size size pool_size ksize k kernel_shape window filter_size",
    "stride": "strides s subsample",
    "padding": "pad pads p border_mode auto_pad",
    "padding_mode": "pad_type pad_mode",
    "dilation": "dilations dilation_rate rate d atrous_rate",
    "groups": "group g num_groups n_group cardinality",
    "bias": "use_bias bias_term has_bias with_bias qkv_bias",
    "out_bias": "proj_bias",
    "units": """out_features num_output output hidden_size features n_units hidden num_units
        nout outputs""",
    "slope": "negative_slope alpha leak",
    "rate": "p prob probability dropout_ratio drop_rate ratio drop_prob dropout",
    "eps": "epsilon",
    "track": "track_running_stats",
    "affine": "elementwise_affine",
    "rounding": "round_mode",
    "count_padding": "count_include_pad",
    "norm": "norm_type",
    "p": "ord",
    "over": "dim axis axes dims reduction_indices",
    "keep": "keepdim keepdims keep_dims",
    "correction": "ddof",
    "exponent": "power",
    "amount": "value constant",
    "deviation": "stddev std sigma",
    "threshold": "lambd theta",
    "min": "min_value min_val",
    "max": "max_value max_val",
    "size": "output_size local_size n padding cropping pads window_size window ws",
    "padding_index": "padding_idx pad_idx",
    "sizes": "shape new_shape target_shape unflattened_size",
    "order": "dims perm permutation",
    "axis": "dim dims axes start_dim",
    "vocabulary": "num_embeddings input_dim vocab_size",
    "features": "embedding_dim output_dim dim",
    "heads": "num_heads n_head nhead",
    "key_heads": "num_kv_heads n_kv_heads num_key_value_heads kv_heads num_query_groups",
    "head_features": "key_dim head_dim dim_head qk_dim d_k",
    "value_features": "value_dim v_dim d_v",
    "keys": "memory context encoder_hidden_states key",
    "queries": "query",
    "relative": "relative_position_bias rel_pos use_rel_pos",
    "rotary": "rope_theta rope_base theta",
    "qk_norm": "qk_layernorm qk_normalization use_qk_norm query_key_norm",
    "shift": "shifts shift_size offset center beta bias",
    "steps": "max_len max_length max_position_embeddings n_positions block_size",
    "causal": "is_causal use_causal_mask autoregressive masked",
    "factor": "upscale_factor downscale_factor block_size blocksize scale",
    "scale": "scale_factor factor stride",
    "mode": "interpolation padding_mode",
    "value": "constant_value constant_values fill fill_value",
    "layers": "num_layers n_layers",
    "projection": "proj_size",
    "pieces": "num_pieces pool_size",
    "init": "init_values",
    "planes": "filters channels",
    "kind": "type function activation",
}
"""Fields of ours, and what they are called elsewhere."""

FIELDS_WRITTEN = {
    "`rounding: ceil` is what `ceil_mode: true` says": "ceil_mode",
    "a layer of its own behind it: `- relu`": "activation act activation_fn",
    "a layer of its own behind it: `- batch_norm`": "batch_normalize norm_layer use_bn",
    "leave it out: a layer reads what arrives": """num_features normalized_shape embed_dim kdim vdim
        input_size in_planes c1 input_shape num_channels input_channels""",
    "leave it out: it changes no number": """inplace batch_first return_indices device dtype
        memory_format layout data_format""",
    "`init` stands at the top of a spec: `init: he`": """kernel_initializer bias_initializer
        weight_filler bias_filler weight_init""",
    "`output: last` or `output: sequence`": "return_sequences return_state",
    "`filters: 2 * in_channels, groups: in_channels`": "depth_multiplier",
    "`freeze: true` beside it": "trainable frozen requires_grad",
    "`shared: false` learns one for each channel": "num_parameters channel_shared",
}
"""What is no field here, and what to write."""

FIELDS_UNSAID = """
    divisor_override nonlinearity recompute_scale_factor
    antialias max_norm add_bias_kv add_zero_attn
    recurrent_dropout kernel_regularizer bias_regularizer kernel_constraint
    global_pooling dropout zoneout
"""
"""What no field says yet."""


@cache
def called() -> dict[str, tuple[str, ...]]:
    """The fields of ours that a foreign name may stand for, by that name, folded."""
    found: dict[str, tuple[str, ...]] = {}
    for word, names in FIELDS.items():
        for name in (word, *names.split()):
            found[folded(name)] = (*found.get(folded(name), ()), word)
    return found


@cache
def fields() -> dict[str, Foreign]:
    """The foreign names of fields that are written otherwise, or not yet, folded."""
    found = {folded(name): Foreign() for name in FIELDS_UNSAID.split()}
    for hint, names in FIELDS_WRITTEN.items():
        found |= {folded(name): Foreign(written=hint) for name in names.split()}
    return found


def foreign_field(name: str, known: Collection[str]) -> Foreign | None:
    """What a field of another tool is here, among the `known` fields; None where it is no such."""
    own = folded(name)
    word = next((word for word in called().get(own, ()) if word in known), None)
    return Foreign(called=word) if word else fields().get(own)
