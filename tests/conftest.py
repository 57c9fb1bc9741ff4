import pytest

from pyuibench.browser.chromium import chromium
from pyuibench.catalog import choose_variants, find_entries
from pyuibench.project import APPS


def pytest_generate_tests(metafunc):
    """Run a test that asks for `every_variant` on each; those that share a port one after the other."""
    if "every_variant" not in metafunc.fixturenames:
        return
    parameters = [
        pytest.param(
            variant, id=variant.id, marks=[pytest.mark.xdist_group(variant.entry.name)] * bool(variant.entry.table.port)
        )
        for variant in choose_variants(find_entries([APPS]), ())
    ]
    metafunc.parametrize("every_variant", parameters)


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser
