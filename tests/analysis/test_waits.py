"""Waits told from when a page sends: what any page needs is taken off, and a limit says what can be told."""

import numpy as np
import pytest

from pyuibench.analysis.waits import LIMIT_MS, beyond, is_as_stated, is_wait


def test_what_the_baseline_needs_is_taken_off():
    assert beyond([250.0, 256.0, np.nan, 9e6], [1.0, 3.0, 2.0]) == pytest.approx(254)


@pytest.mark.parametrize(("ours", "baseline"), [([], [1.0]), ([1.0], []), ([np.nan], [1.0])])
def test_without_samples_of_both_nothing_is_known(ours, baseline):
    assert beyond(ours, baseline) is None


@pytest.mark.parametrize(("ms", "waits"), [(-40, False), (LIMIT_MS, False), (LIMIT_MS + 0.1, True)])
def test_what_is_shorter_than_the_limit_may_be_a_page_s_own_work(ms, waits):
    assert is_wait(ms) == waits


@pytest.mark.parametrize(
    ("ms", "shortest", "longest", "holds"),
    [(254, 250, 250, True), (209, 250, 250, False), (291, 250, 250, False), (400, 250, 550, True), (45, 0, 0, False)],
)
def test_a_stated_wait_holds_within_the_limit(ms, shortest, longest, holds):
    assert is_as_stated(ms, shortest, longest) == holds
