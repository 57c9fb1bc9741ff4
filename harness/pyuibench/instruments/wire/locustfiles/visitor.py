"""A load: as many sessions as each level says, one level after the other, until the server no longer holds them.

`pyuibench load ENTRY` runs it, with Locust's own page if asked to. It lies apart from the package because Locust puts a
locustfile's directory first on the import path.
"""

from pyuibench.instruments.wire.visitor import Levels, Visitor

__all__ = ["Levels", "Visitor"]
