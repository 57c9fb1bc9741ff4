import pytest

from pyuibench.verify.variant import verify_variant


@pytest.mark.servers
@pytest.mark.browser
def test_every_variant_does_what_the_contract_says(browser, every_variant):
    """A fault is there again the second time; what a busy machine or a lost connection does once isn't one."""
    if errors(verify_variant(browser, every_variant)):
        assert errors(verify_variant(browser, every_variant)) == []


def errors(findings):
    return [str(finding) for finding in findings if finding.level == "error"]
