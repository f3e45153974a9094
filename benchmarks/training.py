"""A fit by `train`, against a minimal loop written by hand over the same network, which validates
as well, and keeps nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

import cnncalc
from benchmarks.measure import Result, at_most, ratio
from cnncalc import Graph

BOUND = 1.2


def training(rounds: int) -> Iterator[Result]:
    """By the networks' own recipes, with one thread of the CPU."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for fit in (LeNet5(), ResNet20()):
            fit.check()
            value = ratio(fit.trained, fit.by_hand, rounds)
            yield at_most(f"a fit of {fit.graph.name} / a loop written by hand", value, BOUND)
    finally:
        torch.set_num_threads(threads)


class Fit:
    """A network, and N x C x H x W images from 0 to 255 to train and to validate on."""

    graph: Graph
    train: tuple[Tensor, Tensor]
    validation: tuple[Tensor, Tensor]
    epochs: int
    batch = 32

    def trained(self) -> cnncalc.Trained:
        """By `train`."""
        (x, y), (x_val, y_val) = self.train, self.validation
        arrays = {"x": x, "y": y, "x_val": x_val, "y_val": y_val}
        given = {name: array.numpy() for name, array in arrays.items()}
        recipe = {"epochs": self.epochs, "batch": self.batch}
        return cnncalc.train(self.graph, given, recipe=recipe, device="cpu")

    def by_hand(self) -> float:
        """By hand; the error of the last epoch."""
        network = cnncalc.lower(self.graph)
        (x, y), (x_val, y_val) = self.prepared(self.train), self.prepared(self.validation)
        mean, deviation = x.mean((0, 2, 3), keepdim=True), x.std((0, 2, 3), keepdim=True)
        optimizer = self.optimizer(network)
        steps = math.ceil(len(x) / self.batch) * self.epochs
        step = wrong = 0
        for _ in range(self.epochs):
            network.train()
            total = torch.zeros(())
            for chosen in torch.split(torch.randperm(len(x)), self.batch):
                optimizer.param_groups[0]["lr"] = self.rate(step / steps)
                images = (self.augmented(x[chosen]) - mean) / deviation
                loss = F.cross_entropy(network(images), y[chosen])
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                total += loss.detach() * len(chosen)
                step += 1
            network.eval()
            with torch.inference_mode():
                wrong = 0
                for images, labels in zip(
                    torch.split(x_val, self.batch), torch.split(y_val, self.batch), strict=True
                ):
                    scores = network((images - mean) / deviation)
                    total += F.cross_entropy(scores, labels) * len(labels)
                    wrong += int((scores.argmax(1) != labels).sum())
        return wrong / len(y_val)

    def check(self) -> None:
        """Both must learn, where there is something to learn."""

    def prepared(self, part: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Images as the network reads them, from 0 to 1, and labels."""
        return part[0].float() / 255, part[1]

    def optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        """The recipe's."""
        raise NotImplementedError

    def rate(self, done: float) -> float:
        """The recipe's, where this share of the steps is done."""
        raise NotImplementedError

    def augmented(self, images: Tensor) -> Tensor:
        """As the recipe has it."""
        raise NotImplementedError


class LeNet5(Fit):
    """The digits of scikit-learn; both learn to read them."""

    epochs = 6

    def __init__(self) -> None:
        from sklearn.datasets import load_digits  # type: ignore[import-untyped]  # slow to import

        found = load_digits()
        images = (torch.from_numpy(found.images)[:, None] * (255 / 16)).to(torch.uint8)
        labels = torch.from_numpy(found.target)
        self.graph = cnncalc.load("lenet5")
        self.train = images[:1440], labels[:1440]
        self.validation = images[1440:], labels[1440:]

    def check(self) -> None:
        """Chance would be wrong in 0.9 of the answers."""
        errors = self.by_hand(), self.trained().epochs[-1].validation_error
        assert all(error is not None and error < 0.2 for error in errors), errors

    def prepared(self, part: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        images, labels = super().prepared(part)
        return F.interpolate(images, (32, 32), mode="bilinear"), labels

    def optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.Adam(network.parameters())

    def rate(self, done: float) -> float:
        return 2e-3 * (1 + math.cos(math.pi * done)) / 2

    def augmented(self, images: Tensor) -> Tensor:
        """Turned by up to 10 degrees, a tenth larger or smaller, shifted by up to 0.08."""
        angle, size, right, down = torch.rand(4, len(images)) * 2 - 1
        zoom = 1 + 0.1 * size
        cosine = torch.cos(angle * math.radians(10)) / zoom
        sine = torch.sin(angle * math.radians(10)) / zoom
        rows = [cosine, -sine, 0.16 * right, sine, cosine, 0.16 * down]
        grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), list(images.shape), False)
        return F.grid_sample(images, grid, align_corners=False)


class ResNet20(Fit):
    """Noise of the size of CIFAR-10: nothing to be learned."""

    epochs = 2

    def __init__(self) -> None:
        chance = torch.Generator().manual_seed(0)
        images = torch.randint(256, (400, 3, 32, 32), generator=chance, dtype=torch.uint8)
        labels = torch.randint(10, (400,), generator=chance)
        self.graph = cnncalc.load("resnet20")
        self.train = images[:320], labels[:320]
        self.validation = images[320:], labels[320:]

    def optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.SGD(network.parameters(), momentum=0.9, weight_decay=1e-4)

    def rate(self, done: float) -> float:
        return 0.1

    def augmented(self, images: Tensor) -> Tensor:
        """Mirrored by half a chance, and each from its own place of itself with a margin of 4;
        channels last, which convolutions of the CPU take a tenth less time for."""
        count = len(images)
        images = torch.where((torch.rand(count) < 0.5).view(-1, 1, 1, 1), images.flip(3), images)
        wide, places = F.pad(images, (4, 4, 4, 4)), torch.randint(9, (count, 2)).tolist()
        pairs = zip(wide, places, strict=True)
        images = torch.stack([image[:, i : i + 32, j : j + 32] for image, (i, j) in pairs])
        return images.contiguous(memory_format=torch.channels_last)
