"""Every calibration there is: what the modules of `calibration.kinds` declare as `CALIBRATION`."""

import importlib
from collections.abc import Mapping

from pyuibench.calibration import kinds
from pyuibench.calibration.base import Calibration
from pyuibench.calibration.names import calibration_names


def _found() -> dict[str, Calibration]:
    found: dict[str, Calibration] = {}
    for name in calibration_names():
        calibration: Calibration = importlib.import_module(f"{kinds.__name__}.{name}").CALIBRATION
        if calibration.id != name:
            raise ValueError(f"the calibration of {name} is named {calibration.id}")
        found[name] = calibration
    return found


CALIBRATIONS: Mapping[str, Calibration] = _found()
