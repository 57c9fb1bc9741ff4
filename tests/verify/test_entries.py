from dataclasses import replace

import pytest
from twice import lasting_errors

from pyuibench.entries.catalog import load_entry
from pyuibench.entries.verified import is_proven
from pyuibench.project import APPS
from pyuibench.verify.code import checks_hash
from pyuibench.verify.variant import PAGES, verify_variant


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


def is_verified_anyhow(variant):
    """Return whether a variant is verified in each `make test`: each entry's first one, in the browser the baseline alone."""
    is_first = variant == variant.entry.variants[0]
    return is_first and (variant.runs_in == "server" or not variant.entry.is_framework)


@pytest.mark.servers
@pytest.mark.browser
def test_every_variant_does_what_the_contract_says(browser, every_variant):
    """What shows that this machine and its browser can do it is verified in any case; `make verify` verifies all."""
    if not is_verified_anyhow(every_variant) and is_proven(every_variant, checks_hash()):
        pytest.skip("apps/verified.json: what runs of it was proven by the same checks")
    findings = []

    def verify():
        findings[:] = verify_variant(browser, every_variant, pages=pages_of_its_own(every_variant))
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
