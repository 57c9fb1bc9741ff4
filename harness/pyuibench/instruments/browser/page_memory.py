"""What a page takes of the visitor's memory: the process that runs it, its workers included."""

from typing import TypedDict

import psutil

from pyuibench.instruments.browser.cpu_time import renderer_pid
from pyuibench.instruments.browser.page import Page


class PageMemory(TypedDict):
    """The fields of a measurement of a page's memory."""

    value: float | None
    reason: str | None


def page_memory(page: Page) -> PageMemory:
    """Return the proportional set size of the process that runs a page, swapped-out part included, in bytes.

    Workers of a page run in its process. None, with the reason, where it can't be told which process that is.
    """
    pid = renderer_pid(page.browser, page.cdp)
    if pid is None:
        return PageMemory(value=None, reason="it could not be told which process runs the page")
    try:
        memory = psutil.Process(pid).memory_full_info()
    except psutil.Error as error:
        return PageMemory(value=None, reason=f"the process that runs the page can't be read: {error}")
    return PageMemory(value=float(memory.pss + memory.swap), reason=None)
