"""What a session does with the new filter, and what must then be shown."""

from itertools import pairwise

from pyuibench.contract.feature import CHOICES, CONTROL, DEFAULT, steps
from pyuibench.contract.states import initial_app


def different(before, after):
    return {name for name in after if before.get(name) != after[name]}


def test_it_changes_the_caption_alone_and_another_filter_keeps_it():
    states = [initial_app().expected, *(action.expected for action in steps())]
    changes = [different(before, after) for before, after in pairwise(states)]
    for action, changed in zip(steps(), changes, strict=True):
        assert changed == set(action.changes)
        assert (changed == {"table"}) == (action.control == CONTROL)
    assert states[-2]["table"].startswith("Top 10 of ")
    assert states[-1]["table"].startswith("Top 25 of ")


def test_arrow_keys_reach_each_value():
    place = CHOICES.index(DEFAULT)
    for action in steps():
        if action.control == CONTROL:
            place += action.moves
            assert CHOICES[place] == action.value
