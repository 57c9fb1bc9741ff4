"""When a page whose Python runs in a worker had its runtime, its packages and its modules: what its long load consists of."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from pyuibench.instruments.browser.calls import CHANNEL
from pyuibench.instruments.browser.page import Page

PARTS: Mapping[str, str] = {
    "boot_runtime_ms": "pyodide",
    "boot_packages_ms": "packages",
    "boot_imports_ms": "imported",
}
"""Metric -> the mark (User Timing) that the worker sets when this part of its boot is over, in the order of a boot."""
REST = "boot_first_state_ms"
ANSWER_MS = 10_000
_ASK = """
([name, patienceMs]) =>
  new Promise((resolve) => {
    const channel = new BroadcastChannel(name);
    const ask = crypto.randomUUID();
    const done = (marks) => {
      clearTimeout(timer);
      channel.close();
      resolve(marks);
    };
    const timer = setTimeout(() => done({}), patienceMs);
    channel.onmessage = ({ data }) => {
      if (data.told !== ask) return;
      const apart = data.timeOrigin - performance.timeOrigin;
      done(Object.fromEntries((data.marks ?? []).map(([mark, at]) => [mark, at + apart])));
    };
    channel.postMessage({ ask });
  })
"""


def marks_of(page: Page) -> Mapping[str, float]:
    """Return the marks of the worker that a page's Python runs in, in milliseconds of the page's clock; none that isn't told."""
    told: Mapping[str, float] = page.page.evaluate(_ASK, [CHANNEL, ANSWER_MS])
    return told


def parts(marks: Mapping[str, float], right_ms: float) -> Iterator[tuple[str, float]]:
    """Yield the metric and the milliseconds of each part of a load: up to its mark, from the one before it or the load's start.

    What comes after the last mark, until all is right, is the first state's. Nothing where a mark is missing or not in order.
    """
    ends_ms = [0.0, *(marks.get(mark, -1.0) for mark in PARTS.values()), right_ms]
    steps = list(pairwise(ends_ms))
    if all(before < after for before, after in steps):
        for metric, (before, after) in zip((*PARTS, REST), steps, strict=True):
            yield metric, after - before
