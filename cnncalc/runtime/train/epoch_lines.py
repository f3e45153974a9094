"""A line for each epoch, as text."""

from __future__ import annotations

from cnncalc.trained import Epoch, Round


def head(graded: bool) -> str:
    """What stands above the lines of epochs; graded: whether answers are right or wrong."""
    accuracy = "  accuracy" if graded else ""
    return f"epoch      loss  validation loss{accuracy}  learning rate  seconds"


def line(epoch: Epoch, best: bool, graded: bool) -> str:
    """An epoch on standard output."""
    loss = "" if epoch.validation_loss is None else lost(epoch.validation_loss, graded)
    error = epoch.validation_error
    accuracy = "" if error is None else percent(1 - error)
    column = f"{accuracy:>10}" if graded else ""
    return (
        f"{epoch.epoch:5}{lost(epoch.loss, graded):>10}{loss:>17}{column}"
        f"{epoch.learning_rate:15.3g}{epoch.seconds:9.1f}{'  best' if best else ''}"
    )


def lost(loss: float, graded: bool) -> str:
    """A loss: in nats, or, of numbers, in whatever size they have."""
    return f"{loss:.4f}" if graded else f"{loss:.4g}"


def percent(share: float) -> str:
    """`98.33 %`."""
    return f"{100 * share:.2f} %"


# -- of two networks ------------------------------------------------------------------------

HEAD = "epoch  generator  discriminator    D(x)  D(G(z))    learning rates  seconds"


def round_line(found: Round) -> str:
    """An epoch of a generator and a discriminator."""
    generator = "" if found.generator_loss is None else f"{found.generator_loss:.4f}"
    rates = f"{found.learning_rate:.3g} {found.discriminator_rate:.3g}"
    return (
        f"{found.epoch:5}{generator:>11}{found.discriminator_loss:15.4f}{found.real:8.3f}"
        f"{found.drawn:9.3f}{rates:>18}{found.seconds:9.1f}"
    )
