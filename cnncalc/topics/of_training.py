"""Words of weights and of training."""

from cnncalc.topics.topic import Example, topic

TOPICS = {
    "fold": topic(
        "a batch norm, taken into the layer before it",
        """At test time a batch norm is linear: it takes a fixed mean and divides by a fixed
        deviation. So the weights and the bias of the convolution before it can do its work:
        each filter is multiplied by gamma / sqrt(var + eps), and the network computes the
        same with fewer layers.""",
        called="folding, fold batch norm, fuse, fusing, batch norm folding, bn folding, gamma",
        formulas="""y = gamma * (W x + b - mean) / sqrt(var + eps) + beta
        W' = gamma / sqrt(var + eps) * W
        b' = gamma / sqrt(var + eps) * (b - mean) + beta""",
        examples=(Example("batch_norm", "64x56x56", ("params", "buffers", "FLOPs")),),
        tries="cnncalc transform fold-batch-norm resnet18",
    ),
    "initialisation": topic(
        "what weights begin as",
        """`init: suited`, the default, draws them so that what a layer makes has the variance
        of what it reads: by He (2015) in front of a rectifier, which drops half, by Xavier
        (Glorot 2010) elsewhere. `pytorch` leaves PyTorch's own. Biases begin at 0, norms as
        what changes nothing.""",
        called="init, he, xavier, kaiming, glorot, initialization, weight initialisation",
        formulas="""He: variance 2 / inputs of a unit
        Xavier: variance 2 / (inputs + outputs of a unit)""",
        tries="cnncalc export lenet5",
    ),
    "weight decay": topic(
        "weights that shrink a little at each step",
        """`weight_decay: rate` adds rate times the weight to its gradient, as PyTorch does. A
        penalty of lambda times the sum of squares has the gradient 2*lambda*w: the rate is 2
        * lambda; where a text writes lambda/2, they are the same. Norms and biases
        decay, too, unless the recipe says `norms: false` and `biases: false`. AdamW takes
        the rate, times the learning rate, off the weight itself, not through the
        gradient.""",
        called="l2, regularisation, regularization, lambda, decay, penalty",
        formulas="""gradient + rate * w
        of the penalty lambda * w^2: rate = 2 * lambda""",
        tries="cnncalc explain train",
    ),
    "half": topic(
        "two things: a padding, and numbers of 16 bits",
        """`padding: half` is (F-1)/2 zeros on each side, which keeps the size at stride 1.
        Numbers of half the bits are `precision: float16` or `bfloat16` of a recipe,
        `--dtype` of a profile: half the memory and traffic; bfloat16 has the range of
        float32 and fewer digits.""",
        called="half padding, fp16, bf16, float16, bfloat16, mixed precision, precision",
        formulas="padding half = (F - 1)/2",
        examples=(Example("conv: {filters: 8, kernel: 7, padding: half}", "3x32x32", ("output",)),),
        tries="cnncalc explain padding",
    ),
    "dropout rate": topic(
        "the share of numbers that training sets to 0",
        """What stays is divided by 1 - rate, so that nothing changes at test time (inverted
        dropout); Srivastava (2014) multiplied at test time instead. `spatial: true` drops
        whole channels.""",
        called="inverted dropout, keep probability",
        formulas="x / (1 - rate) with the chance 1 - rate, else 0",
        tries="cnncalc explain dropout",
    ),
    "statistics": topic(
        "what norms take mean and variance of",
        """Of N x C x H x W, a batch norm takes them over N, H and W, for each channel; an
        instance norm over H and W, for each sample and channel; a layer norm over C, H and
        W, for each sample (`layer_norm: all`; alone it is over C, at each position, as in
        transformers); a group norm over the channels of a group, H and W. A batch norm keeps
        running ones for test time, where it is linear; the variance that it keeps is that of
        a sample, m/(m-1) times the batch's. The others do the same in training and at test.

        Slides print N x C x 1 x 1 for the layer norm of images: those are the statistics of
        an instance norm.""",
        called="batch statistics, normalisation, normalization, norm, running mean, batch norm, "
        "layer norm",
        formulas="""batch norm: 1 x C x 1 x 1
        layer norm: N x 1 x 1 x 1
        instance norm: N x C x 1 x 1
        group norm of G groups: N x G x 1 x 1
        (x - mean) / sqrt(var + eps) * gamma + beta""",
        examples=(
            Example("batch_norm", "64x28x28", ("params", "buffers")),
            Example("layer_norm: all", "64x28x28", ("params",)),
            Example("group_norm: 32", "64x28x28", ("params",)),
        ),
        tries="""cnncalc calc batch_norm --values "1 2; 3 6" --training
        cnncalc explain fold
        cnncalc explain "batch norm gradient\"""",
    ),
    "batch norm gradient": topic(
        "what a batch norm hands back",
        """In training the mean and the variance are made of all x of a channel, so the gradient
        of each x hangs on those of all: x' is what the norm made of x before gamma and beta,
        dy the gradient that arrives, and the means go over the N x H x W numbers of the
        channel. A shift of all x changes nothing; so the gradients of a channel add up to 0.

        A slide prints (x_i - mean)^2 in the last term, where x_i' and x_j' of two samples
        meet: with it they do not add up to 0. The formula below is Ioffe and Szegedy's
        (2015), and PyTorch's. At test time mean and variance are fixed, and dx is
        gamma / sqrt(var + eps) * dy.""",
        called="batch norm backward, backward pass of batch norm, bn backward, bn gradient",
        formulas="""dx = gamma / sqrt(var + eps) * (dy - mean(dy) - x' * mean(dy * x'))
        of x = 1 2 3 6, dy = 1 0 0 0, gamma 1, eps 0: 0.2482 -0.21 -0.1336 0.0955""",
        tries='cnncalc calc batch_norm --values "1 2; 3 6" --training',
    ),
    "vanishing": topic(
        "gradients that die on their way back",
        """A gradient is multiplied by the slope of each activation that it passes. A sigmoid's
        is o*(1 - o), at most 1/4, a tanh's 1 - o^2: twelve sigmoids in a row leave at most
        1/16,777,216. Near 1 or nothing. Rectifiers, norms and shortcuts keep it alive;
        `check` multiplies the slopes (CNN916).""",
        called="vanishing gradient, vanishing gradients, saturation, saturating, exploding",
        formulas="""sigmoid: o * (1 - o) <= 1/4
        tanh: 1 - o^2 <= 1
        twelve in a row: (1/4)^12 = 6e-08, 0.6^12 = 0.0022, 0.989^12 = 0.8757""",
        tries="cnncalc explain CNN916",
    ),
    "derivatives": topic(
        "the slopes of activations",
        """What a gradient is multiplied by on its way back, in terms of the input x or of the
        output o. Where a function has a corner, the slope there is the left one.""",
        called="derivative, slopes, slope, gradient of activation",
        formulas="""sigmoid: o * (1 - o)
        tanh: 1 - o^2
        arctan: 1 / (1 + x^2)
        relu: 1 above 0, else 0
        leaky_relu: 1 above 0, else slope
        elu: 1 above 0, else o + alpha
        softplus: sigmoid(beta * x)
        silu: sigmoid(x) * (1 + x * (1 - sigmoid(x)))
        identity: 1
        step: 0""",
        tries='cnncalc calc sigmoid --values "-2 0 2"',
    ),
    "train": topic(
        "the training recipe of a spec",
        """`train` in a spec says how it is trained: epochs or steps, batch, optimizer,
        schedule, loss, augmentation, when to stop. `cnncalc train SPEC --data PATH` follows
        it; `--recipe NAME=VALUE` changes a word for one run. Every word of it is in the
        documentation of training.""",
        called="recipe, training, optimizer, schedule, epochs, learning rate, sgd, adam",
        tries="cnncalc train lenet5",
    ),
    "adversarial": topic(
        "a generator and a discriminator, trained against each other",
        """A generator G makes images of noise z, a discriminator D says of an image x how likely
        it is real. D learns to tell them apart, G to be taken for real: by the gradient of
        -log D(G(z)), which is steep where D sees through it, and not of log(1 - D(G(z))),
        which is flat there. Where D can only guess, it says 1/2 of each: its loss is 2*log 2 =
        1.386, G's log 2 = 0.693.""",
        called="gan, generator, discriminator, dcgan, non-saturating, adversarial loss",
        formulas="""D: -log D(x) - log(1 - D(G(z)))
        G: -log D(G(z))""",
        tries="""cnncalc calc log_sigmoid --values 0
        cnncalc train dcgan_digits_generator --discriminator dcgan_digits_discriminator""",
    ),
}
