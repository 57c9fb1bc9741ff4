import pytest

from pyuibench.verify.variant import verify_variant


@pytest.mark.servers
@pytest.mark.browser
def test_every_variant_does_what_the_contract_says(browser, every_variant):
    assert [str(finding) for finding in verify_variant(browser, every_variant) if finding.level == "error"] == []
