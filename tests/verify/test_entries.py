import pytest
from twice import lasting_errors

from pyuibench.verify.variant import verify_variant


@pytest.mark.servers
@pytest.mark.browser
def test_every_variant_does_what_the_contract_says(browser, every_variant):
    assert lasting_errors(lambda: verify_variant(browser, every_variant)) == []
