"""What only one of the processes that tests run in may do at a time waits for its turn."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pyuibench.entries.catalog import Entry
from pyuibench.project import CACHE
from pyuibench.serving.environment import alone


@contextmanager
def turn_of(entry: Entry) -> Iterator[None]:
    """Hold an entry's port, if there is only one to serve it on; and where its Python runs in the page, the right to start it.

    To start Python in a page keeps a core busy for half a minute. Several at once take longer than any page is waited for.
    """
    with ExitStack() as held:
        if entry.table.runs_in == "browser":
            held.enter_context(alone(CACHE / "python-in-a-page"))
        if entry.table.port:
            held.enter_context(alone(CACHE / f"port-{entry.table.port}"))
        yield
