import itertools
from dataclasses import replace

import pytest
from twice import lasting_errors

from pyuibench.contract.states import initial_app
from pyuibench.contract.walks import app_actions
from pyuibench.entries.catalog import load_entry
from pyuibench.entries.verified import is_proven
from pyuibench.instruments.browser.page import Page
from pyuibench.project import APPS
from pyuibench.verify.browser import HOLD_MS, check_actions, check_load
from pyuibench.verify.code import checks_hash
from pyuibench.verify.variant import ALL, PAGES, Checks, verify_variant

ROUNDS = tuple(itertools.islice(app_actions(1), 10))


def check_controls(browser, variant, page, url, ledger):
    """Yield what is wrong with the app page's first state, and with every control, operated twice."""
    initial = initial_app().expected
    with Page(browser, variant, url, initial, HOLD_MS) as visitor:
        yield from list(check_load(visitor, initial)) or check_actions(visitor, variant, initial, ROUNDS, ledger)


CONTROLS_IN_THE_BROWSER = Checks(in_browser=(check_controls,), on_wire=False)


def how(variant, page):
    """Return all that decides how a variant serves a page, and how it is operated and read."""
    table = variant.table
    parts = (
        variant.lock,
        table.client,
        table.command,
        table.ready,
        table.env,
        table.files,
        table.controls,
        table.outputs,
    )
    return variant.code_files(page), *parts


def pages_of_its_own(variant):
    """Return the pages that no earlier variant of the entry serves in the same way: those are proven with it."""
    earlier = variant.entry.variants[: [it.name for it in variant.entry.variants].index(variant.name)]
    proven = [how(it, page) for it in earlier for page in PAGES if it.code_files(page)]
    return [page for page in PAGES if how(variant, page) not in proven]


def share_of(variant):
    """Return the pages to verify, and the checks: none of what was proven already by the same checks, unless it comes first.

    Of each entry's first variant this machine's browser operates the controls in any case; the baseline's is verified in full.
    """
    is_first = variant == variant.entry.variants[0]
    if not is_proven(variant, checks_hash()) or (is_first and variant.entry.table.baseline):
        return pages_of_its_own(variant), ALL
    return (["app"] if is_first else []), CONTROLS_IN_THE_BROWSER


@pytest.mark.servers
@pytest.mark.browser
def test_every_variant_does_what_the_contract_says(browser, every_variant):
    """What shows that this machine and its browser can do it is verified in any case; `make verify` verifies all."""
    pages, checks = share_of(every_variant)
    if not pages and is_proven(every_variant, checks_hash()):
        pytest.skip("apps/verified.json: what runs of it was proven by the same checks")
    findings = []

    def verify():
        findings[:] = verify_variant(browser, every_variant, pages=pages, checks=checks)
        return findings

    assert lasting_errors(verify) == []
    # Of what is sound nothing is said at all.
    assert not findings or not every_variant.entry.table.baseline


def test_what_runs_with_other_packages_is_not_proven_by_an_earlier_variant():
    baseline = load_entry(APPS / "baseline")
    first = baseline.table.variants["websocket"]
    twins = {"first": first, "same": first, "other": first.model_copy(update={"lock": "fast.lock"})}
    entry = replace(baseline, table=baseline.table.model_copy(update={"variants": twins}))
    assert [pages_of_its_own(variant) for variant in entry.variants] == [list(PAGES), [], list(PAGES)]
