"""What went wrong, counted, like things together."""

from dataclasses import replace

import pytest

from pyuibench.figures import problems
from pyuibench.figures.base import Problem
from pyuibench.figures.view import RunView


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_problems_are_counted(view):
    assert problems.failures(view.run) == (Problem("maple/static", "app page: boot", "not ready after 30 s", 3),)
    (problem,) = problems.not_ok(view.run)
    assert (problem.where, problem.reason, problem.count, problem.total) == ("maple/app", "count stayed at <3>", 3, 21)


def test_problems_that_differ_in_their_numbers_alone_are_told_once(view):
    reasons = ["not ready after 30 s", "closed", "not ready after 12.5 s"]
    failures = view.run.failures.assign(reason=reasons)
    assert problems.failures(replace(view.run, failures=failures)) == (
        Problem("maple/static", "app page: boot", "closed", 1),
        Problem("maple/static", "app page: boot", "not ready after 12.5 s, and like it", 2),
    )
