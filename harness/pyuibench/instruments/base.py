"""What an instrument is: a name, what it looks at, and how it takes samples where that is the same in every experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyuibench.contract.scenarios import PageName

if TYPE_CHECKING:
    import psutil

    from pyuibench.entries.catalog import Variant
    from pyuibench.serving.environment import Environment


@dataclass(frozen=True)
class Reading:
    """One figure of an instrument. `metric` names it in the samples; its unit is the end of the name."""

    metric: str
    value: float | None
    page: PageName = "app"
    detail: str = ""


OfVariant: TypeAlias = "Callable[[Variant, Environment | None], Iterable[Reading]]"
"""Looks at a variant and its environment, None if it can't be built. Raises UserError for what can't be looked at."""
Around: TypeAlias = "Callable[[Callable[[], list[psutil.Process]]], AbstractContextManager[list[Reading]]]"
"""Looks at the processes that serve while a step runs; the list that it gives has its readings when the step is over."""


@dataclass(frozen=True)
class Instrument:
    """What takes samples; it never judges. An experiment's step may use it, or it looks by itself.

    `needs_server`: whether it looks at a running server. `is_timing`: whether it times interactions. `is_always`: whether it
    looks at every run, whatever is chosen, since audits need it. `of_variant`: what it reads of every variant before any server
    runs. `around`: what it reads beside every step of a boot.
    """

    name: str
    about: str
    needs_server: bool = True
    is_timing: bool = False
    is_always: bool = False
    of_variant: OfVariant | None = None
    around: Around | None = None
