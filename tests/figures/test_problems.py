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


def test_texts_that_were_shown_are_told_once_and_not_in_full(view):
    answer = "Answer 1: " + "in season few of than " * 20
    reasons = [
        f"not right within 9 s: answer is {answer!r}",
        f"not right within 9 s: answer is {answer[:12]!r}",
        "not right within 9 s: answer is None",
    ]
    failures = view.run.failures.assign(reason=reasons)
    assert problems.failures(replace(view.run, failures=failures)) == (
        Problem("maple/static", "app page: boot", f"{problems.shortened(reasons[0])}, and like it", 2),
        Problem("maple/static", "app page: boot", "not right within 9 s: answer is None", 1),
    )
    assert problems.shortened(reasons[0]) == f"not right within 9 s: answer is '{answer[:60]}…'"
    assert problems.shortened(reasons[1]) == reasons[1]
    assert problems.shortened("it isn't open, and doesn't answer") == "it isn't open, and doesn't answer"
