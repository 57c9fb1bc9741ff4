"""The browser instrument: real gestures in Chromium, timed inside the page."""

from pyuibench.instruments.base import Instrument

INSTRUMENT = Instrument("browser", "real gestures in Chromium, timed inside the page", is_timing=True)
