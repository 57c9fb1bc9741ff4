import os
import tempfile
from pathlib import Path

import pytest
from turns import turn_of

from pyuibench.entries.catalog import find_entries
from pyuibench.entries.choose import choose_variants
from pyuibench.instruments.browser.chromium import chromium
from pyuibench.project import APPS
from pyuibench.serving.only_run import LOCK_VARIABLE

pytest_plugins = ["invented_run"]

# Tests run in several processes, and none of their runs is a measurement.
os.environ[LOCK_VARIABLE] = str(Path(tempfile.gettempdir()) / f"pyuibench-test-{os.getpid()}.lock")


def pytest_generate_tests(metafunc):
    """Run a test that asks for `every_variant` on each."""
    if "every_variant" in metafunc.fixturenames:
        variants = choose_variants(find_entries([APPS]), ())
        metafunc.parametrize("every_variant", variants, ids=[variant.id for variant in variants], indirect=True)


@pytest.fixture
def every_variant(request):
    """Return a variant once it is its turn, as tests run in several processes."""
    with turn_of(request.param.entry):
        yield request.param


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser
