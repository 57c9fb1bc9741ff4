"""A load on one entry's app: as many sessions as each level says. A Locust user is one session.

The harness runs it, told what to do by `pyuibench.instruments.wire.config`. By hand, with Locust's own page:

    PYUIBENCH_WIRE='{"target": {"entry": "apps/baseline", "variant": "websocket"}, "load": {"levels": [10], "hold_s": 10}}' \
        locust -f harness/pyuibench/instruments/wire/locustfiles/visitor.py --host http://127.0.0.1:8700

It lies apart from the package because Locust puts a locustfile's directory first on the import path.
"""

from pyuibench.instruments.wire.visitor import Levels, Visitor

__all__ = ["Levels", "Visitor"]
