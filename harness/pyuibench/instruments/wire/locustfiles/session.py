"""The load: a Locust user is one session of one entry's app.

The harness runs it headless, told what to do by `pyuibench.instruments.wire.config`. By hand, with Locust's own page:

    PYUIBENCH_WIRE='{"entry": "apps/baseline", "variant": "websocket"}' locust \
        -f harness/pyuibench/instruments/wire/locustfiles/session.py --host http://127.0.0.1:8700

It has a directory of its own because Locust puts a locustfile's directory first on the import path.
"""

from pyuibench.instruments.wire.user import Session

__all__ = ["Session"]
