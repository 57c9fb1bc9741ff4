"""A level is held for its time, or until it is told that it is over."""

from pyuibench.instruments.wire.level import Level


def test_a_level_that_is_held_for_a_time():
    level = Level(3, began_ns=10**9)
    level.last(2.0)
    assert level.has_end and level.hold_s == 2.0
    assert [level.holds(due_ns) for due_ns in (10**9 - 1, 10**9, 3 * 10**9 - 1, 3 * 10**9)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_level_is_held_until_its_end_is_told():
    level = Level(1, began_ns=5)
    assert not level.has_end
    assert level.holds(10**18)
