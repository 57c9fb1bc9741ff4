"""What survives is found out on apps of which it is known."""

from pathlib import Path

import pytest

from pyuibench.entries.catalog import load_entry
from pyuibench.instruments.resilience import EVENTS, outcomes
from pyuibench.project import APPS
from pyuibench.serving import environment

pytestmark = [pytest.mark.servers, pytest.mark.browser]


def kept(browser, variant, tmp_path: Path):
    entry = load_entry(APPS / "baseline")
    found = list(outcomes(browser, entry.variant(variant), environment.prepare(entry.variants[0]), tmp_path / "log"))
    assert [outcome.event for outcome in found] == list(EVENTS)
    assert all((outcome.until_answer_ms is None) == (outcome.kept == "dead") for outcome in found)
    return [outcome.kept for outcome in found]


def test_a_socket_that_is_not_opened_again_is_dead(browser, tmp_path):
    assert kept(browser, "websocket", tmp_path) == ["dead", "lost", "dead"]


def test_requests_outlive_a_cut_but_not_the_memory_of_their_server(browser, tmp_path):
    assert kept(browser, "http", tmp_path) == ["kept", "lost", "dead"]
