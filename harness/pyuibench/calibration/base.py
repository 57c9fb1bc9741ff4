"""What a calibration is: an id, what it looks at, and how it takes its figures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pyuibench.calibration.figure import Figure
from pyuibench.entries.catalog import Variant
from pyuibench.serving.environment import Environment
from pyuibench.serving.machine import Cores

Told: TypeAlias = Callable[[str], object]
"""Is told what is done next, in words."""


@dataclass(frozen=True)
class Bench:
    """What figures are taken on: the baseline's first variant, whose app page is served at `url`, and its environment.

    `directory` is an empty one for samples and logs. `count` gestures are made where nothing else is said. `told` is told what
    is done next.
    """

    variant: Variant
    built: Environment
    cores: Cores
    directory: Path
    url: str
    count: int
    told: Told


@dataclass(frozen=True)
class Calibration:
    """One thing that the harness shows of itself. `id` is the name of its module, `about` says what is measured."""

    id: str
    about: str
    figures: Callable[[Bench], Iterator[Figure]]
    """Yields each figure as it is taken."""
