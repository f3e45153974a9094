"""Words of specs."""

from cnncalc.topics.topic import topic

TOPICS = {
    "expect": topic(
        "what must hold of a network",
        """Figures of a spec that `cnncalc check` compares with the network's own: exactly, or
        to the digits written (`25.6M`), or as bounds (`at most 30M`); of the whole, or under
        `layers` of single ones by their path.""",
        called="expectation, expected, expectations",
        formulas="""expect: {params: 25_557_032, macs: at most 4.1G}
        expect: {layers: {conv1: {output: 64x112x112}}}""",
        tries="cnncalc check resnet50",
    ),
    "blocks": topic(
        "named pieces of a network, with arguments",
        """A block has `args`, `layers` and may have `let`; it is called as a layer is. It sees
        its arguments and what arrives (`in_channels`, `in_height`, `in_width`), nothing
        else.""",
        called="block, args, arguments, let",
        formulas="""blocks: {wide: {args: {filters: }, layers: [{linear: filters}]}}
        layers: [{wide: 64}]""",
        tries="cnncalc zoo show resnet18",
    ),
    "repeat": topic(
        "an item that runs several times",
        """`repeat: 3` beside an item runs it three times, each run reading the one before; `i`
        counts them from 0; `first` gives fields of the first run alone, `last` of the last. Each
        run has weights of its own, unless they are shared.""",
        called="times, first, last, each, rows, loop",
        formulas="- {conv: {filters: 64, kernel: 3, padding: half}, repeat: 3, first: {stride: 2}}",
        tries="cnncalc zoo show resnet50",
    ),
    "share": topic(
        "one set of weights, used in several places",
        """`share: NAME` runs the named layer again with the same weights; beside a kind it
        lends its weights to that kind. They are counted once; operations at each run.""",
        called="sharing, weight sharing, tied, siamese, shared weights",
        formulas="- {share: head}",
        tries="cnncalc explain repeat",
    ),
    "freeze": topic(
        "parameters that do not train",
        """`freeze: true` beside an item holds all parameters in it as they are: a backbone that
        was trained elsewhere, under a new head. They are counted as frozen.""",
        called="transfer, transfer learning, fine-tuning, finetune",
        formulas="- {name: backbone, freeze: true, layers: [...]}",
        tries="cnncalc analyze autoencoder_classifier",
    ),
    "residual": topic(
        "an addition of what a block made to what entered it",
        """A join `add` of a body and a shortcut. Its gradient reaches the input undiminished
        through the shortcut, so that networks of 152 layers train. Where the shapes differ,
        the shortcut has a 1x1 convolution of its own, a projection.""",
        called="skip, shortcut, skip connection, add, residual connection",
        formulas="y = F(x) + x",
        tries="cnncalc explain resnet18 stage1.0.add",
    ),
    "memory": topic(
        "what a network needs of memory",
        """Weights, what is alive at once in inference, what training keeps for its backward
        pass, and what the optimizer has for each parameter: `cnncalc profile` prints the
        computed bytes beside the measured.""",
        called="bytes, ram, vram",
        tries="cnncalc profile lenet5",
    ),
    "path": topic(
        "the name of a layer in its network",
        """The names of the groups, blocks and branches that it stands in, then its own, joined
        by dots: `stage1.0.conv`. A repeat adds its number. `analyze --depth all` shows them.""",
        called="paths, layer name, names, name",
        formulas="explain SPEC stage1.0.residual.conv",
        tries="cnncalc analyze resnet18 --depth all --columns kind,line",
    ),
}
