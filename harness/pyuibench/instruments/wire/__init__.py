"""The wire instrument: Locust users that speak each entry's protocol without a browser."""

from pyuibench.instruments.base import Instrument

INSTRUMENT = Instrument("wire", "Locust users that speak an entry's protocol without a browser", is_timing=True)
