"""Visitors differ, so that one's answer isn't taken for another's, and what they come to is computed beforehand."""

from itertools import islice

from pyuibench.contract.states import initial_app
from pyuibench.contract.visits import CONTROLS, MIN_UNITS, compute_expected, visits
from workload import expected


def test_every_round_has_every_control():
    actions = list(islice(visits(1, 0), 5 * len(CONTROLS)))
    for first in range(0, len(actions), len(CONTROLS)):
        assert sorted(it.control for it in actions[first : first + 5]) == sorted(control for _, control in CONTROLS)


def test_every_action_changes_its_outputs():
    before = initial_app().expected
    for action in islice(visits(1, 3), 50):
        changed = {output for output, text in action.expected.items() if before[output] != text}
        assert changed == set(action.changes)
        before = action.expected


def test_no_two_sessions_show_the_same_name():
    names = [{it.value for it in islice(visits(1, session), 50) if it.control == "name"} for session in (0, 1, 11)]
    assert not names[0] & names[1] | names[0] & names[2] | names[1] & names[2]


def test_a_session_does_the_same_again():
    assert list(islice(visits(1, 3), 20)) == list(islice(visits(1, 3), 20))
    assert list(islice(visits(1, 3), 20)) != list(islice(visits(2, 3), 20))


def test_a_seed_gives_what_it_always_gave():
    """Runs that were made in another year compare the same actions."""
    assert [(it.control, it.value) for it in islice(visits(7, 4), 10)] == [
        ("name", "Visitor 4 1"),
        ("category", "Music"),
        ("min_units", 60),
        ("granularity", "quarter"),
        ("increment", 1),
        ("increment", 2),
        ("min_units", 50),
        ("granularity", "month"),
        ("category", "Books"),
        ("name", "Visitor 4 2"),
    ]


def test_nothing_is_computed_during_a_load(monkeypatch):
    assert list(compute_expected())

    def computed(*_):
        raise AssertionError("computed during the load")

    monkeypatch.setattr(expected, "_selected", computed)
    for session in range(5):
        for action in islice(visits(9, session), 200):
            assert action.control != "min_units" or action.value in MIN_UNITS
