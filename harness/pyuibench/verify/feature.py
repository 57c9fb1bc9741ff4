"""Checks that an entry with its patch applied is still the reference app, and that the new filter does what it should."""

from collections.abc import Generator, Iterator
from pathlib import Path

from playwright.sync_api import Browser

from pyuibench.contract.feature import SERVES, steps
from pyuibench.contract.scenarios import PageName
from pyuibench.contract.states import initial_app
from pyuibench.entries.catalog import Entry, Variant
from pyuibench.entries.patch import changed
from pyuibench.instruments.browser.page import GestureError, Page
from pyuibench.verify.browser import ACTION_TIMEOUT_MS, HOLD_MS, LOAD_TIMEOUT_MS, Seen, check_actions
from pyuibench.verify.findings import Finding
from pyuibench.verify.variant import Checks, verify_variant
from workload.ledger import LedgerReader

QUIET_MS = 1000
"""What a gesture sets going has ended by then."""


def verify_change(browser: Browser, entry: Entry) -> Iterator[Finding]:
    """Yield the findings about an entry's first variant with the patch, in the browser: on the wire it is never measured.

    Raises UserError where there is no patch that applies.
    """
    with changed(entry) as variant:
        yield from verify_variant(browser, variant, pages=("app",), checks=Checks(also=check_filter, on_wire=False))


def check_filter(
    browser: Browser, variant: Variant, page: PageName, url: str, ledger: Path
) -> Generator[Seen, None, None]:
    """Yield what is wrong with the new filter, and a note of what setting it computes that the table isn't made by."""
    seen = list(check_actions(browser, variant, url, ledger, tuple(steps())))
    yield from seen or _computed_in_vain(browser, variant, url, ledger)


def _computed_in_vain(browser: Browser, variant: Variant, url: str, ledger: Path) -> Iterator[Seen]:
    reader = LedgerReader(str(ledger))
    with Page(browser, variant, url, initial_app().expected, HOLD_MS) as page:
        try:
            page.open(LOAD_TIMEOUT_MS)
            page.page.wait_for_timeout(QUIET_MS)
            reader.new_calls()
            page.perform(next(steps()), ACTION_TIMEOUT_MS)
        except GestureError as error:
            yield Seen("control", f"once more: {error}")
            return
        page.page.wait_for_timeout(QUIET_MS)
    if in_vain := sorted({call.function for call in reader.new_calls()} - SERVES):
        yield Seen("again", f"the new filter also has {', '.join(in_vain)} computed again", is_note=True)
