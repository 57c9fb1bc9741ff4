"""Checks that an entry with its patch applied is still the reference app, and that the new filter does what it should."""

from collections.abc import Generator, Iterator
from pathlib import Path

from playwright.sync_api import Browser

from pyuibench.contract.feature import SERVES, steps
from pyuibench.contract.scenarios import PageName
from pyuibench.contract.states import initial_app
from pyuibench.entries.catalog import Entry, Variant
from pyuibench.entries.patch import changed
from pyuibench.instruments.browser.calls import calls_of
from pyuibench.instruments.browser.page import Page
from pyuibench.verify.browser import HOLD_MS, Seen, check_actions, check_load
from pyuibench.verify.findings import Finding
from pyuibench.verify.variant import Checks, verify_variant

QUIET_MS = 1000
"""What a gesture sets going has ended by then."""


def check_filter(
    browser: Browser, variant: Variant, page: PageName, url: str, ledger: Path
) -> Generator[Seen, None, None]:
    """Yield what is wrong with the new filter, and a note of what setting it computes that the table isn't made by."""
    initial = initial_app().expected
    first, *others = steps()
    with Page(browser, variant, url, initial, HOLD_MS) as session:
        wrong = list(check_load(session, initial))
        if not wrong:
            session.page.wait_for_timeout(QUIET_MS)
            reader = calls_of(session, ledger)
            reader.new_calls()
            wrong = list(check_actions(session, variant, initial, [first], ledger))
            session.page.wait_for_timeout(QUIET_MS)
            in_vain = {call.function for call in reader.new_calls()} - SERVES
            wrong = wrong or list(check_actions(session, variant, first.expected, others, ledger))
    yield from wrong
    if not wrong and in_vain:
        yield Seen("again", f"the new filter also has {', '.join(sorted(in_vain))} computed again", is_note=True)


CONTRACT_AND_FILTER = Checks(in_browser=(*Checks().in_browser, check_filter), on_wire=False)
FILTER_ALONE = Checks(in_browser=(check_filter,), on_wire=False)


def verify_change(browser: Browser, entry: Entry, checks: Checks = CONTRACT_AND_FILTER) -> Iterator[Finding]:
    """Yield the findings about an entry's first variant with the patch, in the browser: on the wire it is never measured.

    Raises UserError where there is no patch that applies.
    """
    with changed(entry) as variant:
        yield from verify_variant(browser, variant, pages=("app",), checks=checks)
