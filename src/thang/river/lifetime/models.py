"""What a model of coming and going must be able to say, and the three that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from thang.river.lifetime.bgnbd import BG, MBG
from thang.river.lifetime.expecting import Moments
from thang.river.lifetime.fitting import Prior, Slope
from thang.river.lifetime.pareto import PARETO
from thang.river.lifetime.rows import Cells, Float64


class Model(Protocol):
    """Four parameters, kept as logarithms in days; `times` says which of them are in days."""

    @property
    def name(self) -> str:
        """Its short name."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the literature calls the parameters."""

    @property
    def times(self) -> tuple[bool, ...]:
        """Which parameters scale with the unit of time."""

    def start(self, cells: Cells) -> Float64:
        """Where to begin the climb."""

    def prior(self) -> Prior:
        """The weak prior for small shops."""

    def loglik(self, theta: Float64, cells: Cells) -> Slope:
        """Log-likelihood with gradient and Hessian."""

    def alive(self, theta: Float64, x: Float64, t: Float64, age: Float64) -> Float64:
        """P(alive) of rows."""

    def moments(
        self, theta: Float64, x: Float64, age: Float64, horizon: float, discount: float
    ) -> Moments:
        """Mean and second moment of discounted purchases to come, of those alive."""

    def tails(self, theta: Float64, x: Float64, age: Float64, horizon: float) -> Iterator[Float64]:
        """P(at least 1, 2, … purchases to come), of those alive."""


MODELS: dict[str, Model] = {model.name: model for model in (BG, MBG, PARETO)}
