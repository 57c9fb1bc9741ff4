"""The CPU time that an interaction takes: in the server's processes, and in the process that runs the page."""

from collections.abc import Sequence
from typing import TypedDict

from playwright.sync_api import Browser, CDPSession

from pyuibench.instruments.browser.page import Page
from pyuibench.instruments.shared.cpu_clocks import TreeClock, main_thread_ns, process_ns

SIGNAL_MS = 10
SIGNAL = f"{{ const end = performance.now() + {SIGNAL_MS}; while (performance.now() < end); }}"
BUSY_SHARE = 0.5
TRIALS = 5
"""Another page may happen to be as busy meanwhile."""


class CpuTime(TypedDict):
    """The fields of `records.Interaction` that come from the clocks of processes."""

    server_tree_cpu_ms: float | None
    renderer_cpu_ms: float | None
    main_thread_cpu_ms: float | None


class CpuClocks:
    """The clocks of a page and its server, from the start of each interaction until they are read."""

    def __init__(self, page: Page, servers: Sequence[int]) -> None:
        """Have the page start the clocks with each gesture; the server is all processes below `servers`."""
        self._page = page
        self._server = TreeClock(servers)
        self._pid = renderer_pid(page.browser, page.cdp)
        self._before_ns: tuple[int | None, int | None] = (None, None)
        page.at_start = self._start

    def opened(self) -> None:
        """Look for the process that runs the page, which may be another one after it was opened."""
        pid = renderer_pid(self._page.browser, self._page.cdp)
        if pid != self._pid:
            # All that a new process has taken is this page's.
            self._pid, self._before_ns = pid, (0, 0)

    def spent(self) -> CpuTime:
        """Return what has been taken since the interaction's start, None for what can't be known."""
        now_ns = self._renderer_ns()
        renderer_ms, main_thread_ms = (
            None if now is None or then is None else (now - then) / 1e6
            for now, then in zip(now_ns, self._before_ns, strict=True)
        )
        return CpuTime(
            server_tree_cpu_ms=self._server.spent_ms(), renderer_cpu_ms=renderer_ms, main_thread_cpu_ms=main_thread_ms
        )

    def _start(self) -> None:
        self._before_ns = self._renderer_ns()
        self._server.start()

    def _renderer_ns(self) -> tuple[int | None, int | None]:
        return (None, None) if self._pid is None else (process_ns(self._pid), main_thread_ns(self._pid))


def renderer_pid(browser: Browser, cdp: CDPSession) -> int | None:
    """Return the process that runs the page of a session, None where it can't be told.

    Chromium says which processes it has, not which page each runs. So the page's main thread is kept busy for SIGNAL_MS, and the
    process is the only one that has taken more than BUSY_SHARE of the CPU time that the page's thread says of itself.
    """
    for _ in range(TRIALS):
        pids = _renderers(browser)
        before_ns, said_ns = {pid: process_ns(pid) for pid in pids}, thread_ns(cdp)
        cdp.send("Runtime.evaluate", {"expression": SIGNAL})
        said_ns = thread_ns(cdp) - said_ns
        taken_ns = {pid: (process_ns(pid) or 0) - (before_ns[pid] or 0) for pid in pids}
        busy = [pid for pid in pids if taken_ns[pid] > BUSY_SHARE * said_ns]
        if len(busy) == 1:
            return busy[0]
    return None


def thread_ns(cdp: CDPSession) -> float:
    """Return the CPU time of the page's main thread, as the page itself says: since some moment of its own."""
    metrics = {metric["name"]: metric["value"] for metric in cdp.send("Performance.getMetrics")["metrics"]}
    return float(metrics.get("ThreadTime", 0.0)) * 1e9


def _renderers(browser: Browser) -> list[int]:
    session = browser.new_browser_cdp_session()
    try:
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    finally:
        session.detach()
    return [int(process["id"]) for process in processes if process["type"] == "renderer"]
