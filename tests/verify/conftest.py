import pytest

from pyuibench.instruments.browser.chromium import chromium


@pytest.fixture(scope="package")
def browser():
    """Return one browser for all tests here: each visitor has a context of its own in it anyhow."""
    with chromium() as browser:
        yield browser
