"""Visitors differ, so that one's answer isn't taken for another's, and what they come to is computed beforehand."""

from itertools import islice

import pytest

from pyuibench.contract.states import initial_app
from pyuibench.contract.visits import CONTROLS, MIN_UNITS, OwnValues, compute_expected, in_step, visits
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


def test_sessions_in_step_do_the_same_with_values_of_their_own():
    controls = ("name", "increment", "min_units", "name")
    sessions = [list(in_step(4, number, controls)) for number in range(3)]
    assert all([it.control for it in actions] == [*controls] for actions in sessions)
    assert len({actions[0].value for actions in sessions}) == len({actions[3].value for actions in sessions}) == 3


# --- what is another session's -------------------------------------------------------------------------------------


def shown_by(session, seed=5, actions=40):
    """Yield all that a session is shown in its course, with what it has set by then."""
    own = OwnValues(session)
    yield own, initial_app().expected
    for action in islice(visits(seed, session), actions):
        own.acts(action)
        yield own, action.expected


def test_what_a_session_is_shown_rightly_is_never_taken_for_anothers():
    assert [own.foreign(texts) for session in (0, 3) for own, texts in shown_by(session)] == [None] * 82


def test_nor_are_its_older_states_nor_what_is_not_there_yet():
    course = list(shown_by(3))
    own, _ = course[-1]
    assert [own.foreign(texts) for _, texts in course] == [None] * len(course)
    assert own.foreign({}) is None


def test_the_name_of_another_visitor_is_found():
    (_, texts) = next(it for it in shown_by(4) if "VISITOR" in it[1]["greeting"])
    words = OwnValues(3).foreign({"greeting": texts["greeting"]})
    assert words == f"greeting of visitor 3 shows {texts['greeting']!r}, the name of visitor 4"
    assert OwnValues(14).foreign({"greeting": "Hello, VISITOR 1 4 (11 characters)"}).endswith("the name of visitor 1")
    # However a page lays it out.
    assert OwnValues(3).foreign({"greeting": "Hello,\n  VISITOR  4 1\n(11 characters)"})


@pytest.mark.parametrize(("text", "is_foreign"), [("1 clicks", False), ("2 clicks", False), ("3 clicks", True)])
def test_more_clicks_than_one_carried_out_twice_are_anothers(text, is_foreign):
    own = OwnValues(0)
    own.acts(next(in_step(1, 0, ("increment",))))
    assert (own.foreign({"count": text}) is not None) is is_foreign


def test_filters_that_it_never_chose_are_anothers():
    own = OwnValues(0)
    action = next(in_step(1, 0, ("min_units",)))
    own.acts(action)
    assert own.foreign({"table": action.expected["table"]}) is None
    other = next(it for it in MIN_UNITS if it not in (action.value, 30))
    assert own.foreign({"table": f"Top 50 of 123 orders (All, {other}+)"}).endswith(f"has never chosen {other}")
    assert own.foreign({"table": "Top 50 of 123 orders (Toys, 30+)"}).endswith("has never chosen 'Toys'")
    # What nobody chooses is wrong, but nobody's.
    assert own.foreign({"table": "Top 50 of 123 orders (Spoons, 31+)"}) is None


def test_garbage_is_nobodys():
    assert OwnValues(1).foreign({"count": "somebody is at work", "greeting": "Hello, EVE", "table": "None"}) is None


def test_questions_are_asked_one_after_the_other_and_their_answers_watched():
    asked = list(islice(visits(1, 3, [("stream", "ask")]), 3))
    assert [(it.control, it.value, it.watched) for it in asked] == [("ask", number, "answer") for number in (1, 2, 3)]
    assert [it.expected["answer"][:10] for it in asked] == ["Answer 1: ", "Answer 2: ", "Answer 3: "]
