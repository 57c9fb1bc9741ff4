"""Which user code ran: read from the server's ledger, or asked of the page where its Python runs in a worker.

A worker keeps its calls until it is asked, so nothing is sent while something is timed. It tells them on its own clock. Both
clocks are `performance.now()`, each from its own origin, so the page's time is the worker's and the difference of their origins.
Origins are wall-clock times, which a step of the clock between the two would part: the worker's answer must lie between question
and answer, in the page's time.
"""

import json
from pathlib import Path

from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.instruments.shared.ledger import Calls, ServerCalls
from workload.ledger import Call

CHANNEL = "pyuibench-calls"
ANSWER_MS = 10_000
"""How long a worker may go on with what it does before it answers."""
CLOCK_ERROR_MS = 1.0
_ASK = """
([name, of, first, patienceMs]) =>
  new Promise((resolve) => {
    const channel = new BroadcastChannel(name);
    const ask = crypto.randomUUID();
    const asked = performance.now();
    const done = (told) => {
      clearTimeout(timer);
      channel.close();
      resolve(told);
    };
    const timer = setTimeout(() => done(null), patienceMs);
    channel.onmessage = ({ data }) => {
      if (data.told !== ask) return;
      const apart = data.timeOrigin - performance.timeOrigin;
      done({ ...data, asked, apart, answered: performance.now() });
    };
    channel.postMessage({ ask, of, first });
  })
"""


class PageCalls:
    """The calls that a page's own worker keeps. A wall clock in a worker tells nothing of CPU time."""

    tells_cpu = False

    def __init__(self, page: Page) -> None:
        self._page = page
        self._worker: float | None = None
        """The origin of the clock of the worker that was last asked: a page that is opened again has another one."""
        self._read = 0

    def new_calls(self) -> list[Call]:
        """Return the calls that have come since it last looked, by start; none of a page that isn't open.

        Raises GestureError when the worker doesn't answer, or its clock can't be set against the page's.
        """
        if not self._page.is_open:
            return []
        told = self._page.page.evaluate(_ASK, [CHANNEL, self._worker, self._read, ANSWER_MS])
        if told is None:
            raise GestureError(f"the page's Python didn't say within {ANSWER_MS / 1e3:g} s what it has called")
        now_ms = told["now"] + told["apart"]
        if not told["asked"] - CLOCK_ERROR_MS <= now_ms <= told["answered"] + CLOCK_ERROR_MS:
            raise GestureError(
                f"the worker's clock can't be set against the page's: it says {now_ms:.1f} ms between "
                f"{told['asked']:.1f} and {told['answered']:.1f}"
            )
        if told["timeOrigin"] != self._worker:
            self._worker, self._read = told["timeOrigin"], 0
        calls = json.loads(told["calls"])
        self._read += len(calls)
        begin_ns = self._page.origin_ns + int(told["apart"] * 1e6)
        return [Call(name, 0, begin_ns + start, begin_ns + end, 0, 0, 0) for name, start, end in calls]


def calls_of(page: Page, ledger: Path) -> Calls:
    """Return what reads a page's user code: in its worker where its Python runs there, else in the ledger of its server."""
    return PageCalls(page) if page.runs_in == "browser" else ServerCalls(ledger)
