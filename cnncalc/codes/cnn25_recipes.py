"""Training recipes: `CNN25x`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN251": page(
        "a recipe has no such field",
        """`train`, and what has fields of its own in it, such as `optimizer` and `augment`, hold
        a name that they do not have. What another optimizer or schedule has is unknown to
        this one. On the command line, `--recipe` wants FIELD=VALUE.""",
        """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  lr: 0.1
""",
        """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  learning_rate: 0.1
""",
    ),
    "CNN252": page(
        "not a value of this field of a recipe",
        """A field of `train` holds what it cannot take: another type, a number out of bounds, a
        word that is none of its words.""",
        """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  optimizer: {kind: sgd, momentum: 1.5}
""",
        """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  optimizer: {kind: sgd, momentum: 0.9}
""",
    ),
    "CNN253": page(
        "fields of a recipe do not go together",
        """Each field is sound by itself, but one needs another that is not there, or has no
        meaning beside it: a plateau needs images to validate on, smoothed labels need labels,
        and something must be left to train.""",
        """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  schedule: plateau
  validation: 0
""",
        """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  schedule: plateau
  validation: 0.1
""",
    ),
    "CNN254": page(
        "a recipe names a part that the network lacks",
        """`freeze` and `rates` name layers and groups by their paths, as `cnncalc analyze`
        prints them, `recompute` groups alone; `auxiliary` names heads under `outputs`.""",
        """
input: 3x4x4
layers:
  - {name: encoder, layers: [{conv: {filters: 8, kernel: 3}}, relu]}
  - global_avg_pool
  - linear: 10
train:
  freeze: encodr
""",
        """
input: 3x4x4
layers:
  - {name: encoder, layers: [{conv: {filters: 8, kernel: 3}}, relu]}
  - global_avg_pool
  - linear: 10
train:
  freeze: encoder
""",
    ),
    "CNN255": page(
        "a generator and a discriminator do not go together",
        """`cnncalc train GENERATOR --discriminator SPEC` trains two networks against each other.
        What the generator gives is what the discriminator reads, and that gives one number, how
        real it is: a score without bounds, or behind a `sigmoid` a chance. Images are normalised
        (`normalise`) to what the generator's last layer can give: behind `tanh` from -1 to 1.""",
        """
$ cnncalc train dcgan_generator --discriminator lenet5
""",
        """
input: 100x1x1
layers:
  - conv_transpose: {filters: 3, kernel: 64}
  - tanh
train:
  normalise: symmetric
  adversarial: logistic
""",
    ),
}
