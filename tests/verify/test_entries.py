import pytest

from pyuibench.catalog import choose_variants, find_entries
from pyuibench.project import APPS
from pyuibench.verify.variant import verify_variant

VARIANTS = choose_variants(find_entries([APPS]), ())


@pytest.mark.servers
@pytest.mark.browser
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_every_variant_does_what_the_contract_says(browser, variant):
    assert [str(finding) for finding in verify_variant(browser, variant) if finding.level == "error"] == []
