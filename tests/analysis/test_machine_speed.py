"""How figures follow the machine's speed: the exponent by a second way, and how often ratios at the usual speed are right."""

import numpy as np
import pytest

from pyuibench.analysis.estimates import ratio_of_medians
from pyuibench.analysis.machine_speed import FEWEST_FREEDOMS, MOST_EXPONENT, dependence
from pyuibench.analysis.moderation import scatter

VARIANTS, BLOCKS = 15, 3
TRIALS = 300
LEAST, MOST = 0.93, 0.98
SLOW = 0.4
"""Logarithm of how much longer work takes while the machine is slow: by half."""
SLOW_BOOTS = 20
"""So many of a run's 45 boots, one after the other, are measured while it is."""


def table(values):
    return {f"v{number}": dict(enumerate(map(float, row))) for number, row in enumerate(values)}


def episode(random, slow_by=SLOW):
    """Return the logarithms of the fixed work's times, of each variant in each block: slow for a while, somewhere in the run."""
    slow = np.zeros(VARIANTS * BLOCKS)
    slow[random.integers(len(slow) - SLOW_BOOTS) :][:SLOW_BOOTS] = slow_by
    times = np.zeros((VARIANTS, BLOCKS))
    for block, own in enumerate(slow.reshape(BLOCKS, VARIANTS)):
        times[random.permutation(VARIANTS), block] = own
    return times + random.normal(scale=0.01, size=times.shape)


def test_the_exponent_is_that_of_least_squares_with_a_level_for_each_variant_and_block():
    random = np.random.default_rng(1)
    times = episode(random)
    logs = (
        0.6 * times
        + random.normal(size=(VARIANTS, 1))
        + random.normal(size=BLOCKS)
        + random.normal(size=times.shape) / 20
    )
    is_there = np.ones_like(times, dtype=bool)
    is_there[[0, 3, 7], [2, 0, 1]] = False
    names = np.argwhere(is_there)
    design = np.zeros((len(names), VARIANTS + BLOCKS))
    for row, (variant, block) in enumerate(names):
        design[row, [variant, VARIANTS + block]] = 1
    design = np.column_stack([times[is_there], design[:, 1:]])
    solution, rest, rank, _ = np.linalg.lstsq(design, logs[is_there], rcond=None)
    error = np.sqrt(rest[0] / (len(names) - rank) * np.linalg.inv(design.T @ design)[0, 0])
    known = {
        name: {block: own[block] for block in own if is_there[int(name[1:]), block]}
        for name, own in table(logs).items()
    }
    found = dependence(known, table(times))
    assert found.exponent == pytest.approx(solution[0], abs=1e-9)
    assert found.error == pytest.approx(error, abs=1e-9)
    assert found.freedom == len(names) - rank


def test_a_figure_that_takes_as_much_longer_as_the_work_is_that_of_the_usual_speed():
    times = episode(np.random.default_rng(2))
    levels = np.linspace(2, 5, VARIANTS)[:, None]
    found = dependence(table(levels + times), table(times))
    corrected = np.exp(levels + times) * np.vectorize(found.factor)(times)
    assert corrected == pytest.approx(np.exp(levels) * np.ones(BLOCKS))


@pytest.mark.parametrize(("slope", "exponent"), [(-0.3, 0.0), (2.0, MOST_EXPONENT)])
def test_no_exponent_that_computing_cannot_have(slope, exponent):
    times = episode(np.random.default_rng(3))
    assert dependence(table(slope * times), table(times)).exponent == exponent


def test_nothing_is_known_of_few_boots_or_of_a_speed_that_never_changed():
    random = np.random.default_rng(4)
    variants = FEWEST_FREEDOMS + 2
    logs, times = random.normal(size=(2, variants, 2))
    assert dependence(table(logs), table(times)) is not None
    assert dependence(table(logs[:-1]), table(times[:-1])) is None
    assert dependence(table(logs), table(np.zeros_like(times))) is None
    assert dependence(table(logs), {}) is None
    assert dependence({}, {}) is None


def ratios(random, exponents, noise, is_corrected, slow_by=SLOW):
    """Return for each variant but the first whether its ratio's interval held the truth, 1, and how wide it was."""
    times = episode(random, slow_by)
    logs = exponents[:, None] * times + 0.05 * random.normal(size=BLOCKS) + noise * random.normal(size=times.shape)
    found = dependence(table(logs), table(times)) if is_corrected else None
    known = logs - found.exponent * times if found else logs
    spreads = scatter(table(known), [("v0",)])
    first, *others = ({block: np.exp([log]) for block, log in enumerate(own)} for own in known)
    for number, own in enumerate(others, 1):
        it = ratio_of_medians(own, first, spread=spreads.between(f"v{number}", "v0"))
        yield it.low <= 1 <= it.high, np.log(it.high / it.low)


def trials(exponents, noise, is_corrected, slow_by=SLOW):
    """Return how often intervals held the truth, and their typical width, over runs of variants in any order."""
    random = np.random.default_rng(5)
    found = [list(ratios(random, random.permutation(exponents), noise, is_corrected, slow_by)) for _ in range(TRIALS)]
    held, widths = np.array(found).T
    return held.mean(), np.median(widths)


@pytest.mark.parametrize("noise", [0.02, 0.1])
@pytest.mark.parametrize(
    "exponents", [np.full(VARIANTS, 0.7), np.linspace(0.3, 1.0, VARIANTS)], ids=["alike", "unlike"]
)
def test_ratios_at_the_usual_speed_are_right_as_often_as_their_intervals_say_and_better_known(exponents, noise):
    (held, width), (_, as_measured) = (trials(exponents, noise, is_corrected) for is_corrected in (True, False))
    assert LEAST <= held <= MOST
    assert width < 0.8 * as_measured


def test_a_speed_that_figures_do_not_follow_widens_no_interval_by_much():
    (held, width), (_, as_measured) = (trials(np.zeros(VARIANTS), 0.1, is_corrected) for is_corrected in (True, False))
    assert LEAST <= held <= MOST
    assert width < 1.05 * as_measured


def test_a_speed_that_hardly_changes_widens_no_interval_either():
    """So the exponent needn't be beyond doubt before it is used: where it hardly matters, its error doesn't."""
    cases = (trials(np.full(VARIANTS, 0.7), 0.1, is_corrected, slow_by=0.03) for is_corrected in (True, False))
    (held, width), (_, as_measured) = cases
    assert LEAST <= held <= MOST
    assert width < 1.02 * as_measured
