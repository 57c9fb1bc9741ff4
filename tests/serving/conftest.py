import pytest

from pyuibench.project import CACHE
from pyuibench.serving.environment import alone


@pytest.fixture
def only_proxy():
    """Wait for this test's turn: a proxy takes ports in a row, and tests run in several processes."""
    with alone(CACHE / "proxy"):
        yield
