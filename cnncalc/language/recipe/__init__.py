"""A `train` section in; the recipe of a training out."""
