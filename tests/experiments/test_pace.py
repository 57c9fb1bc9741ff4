"""How long boots to go will take: as long as others of their experiments did, and only blocks that still fit."""

import pytest

from pyuibench.experiments.pace import Pace
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Origin

PLACE = {"entry": "maple", "variant": "app", "role": "", "model": ""}


def boot(block, *experiments, **setting):
    return PlannedBoot(
        Origin(block=block, boot=f"{block}", **PLACE, experiment=experiments[0], page="app", **setting), experiments
    )


@pytest.fixture
def pace():
    found = Pace()
    for experiments, seconds in ((("rounds",), 10.0), (("rounds",), 14.0), (("known-delays",), 3.0)):
        found.took(boot(0, *experiments), seconds)
    return found


def test_nothing_is_known_before_the_first():
    assert Pace().expected_s([boot(0, "rounds")]) == 0


def test_a_boot_takes_as_long_as_others_of_its_experiments(pace):
    assert pace.expected_s([boot(1, "rounds"), boot(1, "known-delays")]) == 15


def test_a_boot_of_other_experiments_takes_as_long_as_the_average(pace):
    assert pace.expected_s([boot(1, "rounds", "crowd")]) == 9


def test_a_boot_takes_as_long_as_those_of_the_same_setting():
    pace = Pace()
    pace.took(boot(0, "chat", tokens_per_s=20.0), 60.0)
    pace.took(boot(0, "chat", tokens_per_s=100.0), 20.0)
    assert pace.expected_s([boot(1, "chat", tokens_per_s=20.0)]) == 60
    assert pace.expected_s([boot(1, "chat", tokens_per_s=100.0)]) == 20
    assert pace.expected_s([boot(1, "chat", tokens_per_s=50.0)]) == 40


def test_only_blocks_that_fit_are_left(pace):
    to_go = [boot(0, "rounds"), boot(1, "rounds"), boot(1, "rounds"), boot(2, "rounds")]
    assert pace.left_s(to_go, under_way=0) == 48
    assert pace.left_s(to_go, under_way=0, limit_s=40) == 36
    assert pace.left_s(to_go, under_way=0, limit_s=30) == 12


def test_the_block_that_is_under_way_is_ended_and_no_other_begun(pace):
    to_go = [boot(1, "rounds"), boot(2, "rounds")]
    assert pace.left_s(to_go, under_way=1, limit_s=-5) == 12
    assert pace.left_s(to_go, under_way=0, limit_s=-5) == 0
