"""Every instrument there is: a module or folder of this package that declares `INSTRUMENT`, and is named after it."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import pyuibench.instruments
from pyuibench.instruments.base import Instrument

_OTHERS = ("base", "registry", "shared")


def instrument_names() -> tuple[str, ...]:
    """Return the names of all instruments, without importing them."""
    return tuple(info.name for info in pkgutil.iter_modules(pyuibench.instruments.__path__) if info.name not in _OTHERS)


@cache
def instruments() -> Mapping[str, Instrument]:
    """Return name -> instrument. Raises ValueError for one that isn't named after its module."""
    found: dict[str, Instrument] = {}
    for name in instrument_names():
        instrument: Instrument = importlib.import_module(f"{pyuibench.instruments.__name__}.{name}").INSTRUMENT
        if instrument.name != name:
            raise ValueError(f"the instrument of {name} is named {instrument.name}")
        found[name] = instrument
    return found
