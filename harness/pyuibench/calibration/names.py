"""The names of calibrations, known without importing what they measure."""

import pkgutil

from pyuibench.calibration import kinds


def calibration_names() -> tuple[str, ...]:
    """Return the calibrations, each named after its module in `calibration.kinds`, in the order in which they are made."""
    return tuple(info.name for info in pkgutil.iter_modules(kinds.__path__))
