"""The interval of a ratio of a committed run, computed a second time: step by step, from the samples' table, without arrays."""

import math
from collections import defaultdict
from statistics import fmean, median, variance

import pytest
from committed import view_of
from scipy import optimize, special, stats

from pyuibench.figures.ends import RIGHT
from pyuibench.figures.latency import latency, latency_ratio, ranked
from pyuibench.figures.samples import Case

CLICK = Case("app", "unrelated", "increment")
BASELINE = ("baseline/websocket", "baseline/again")


def log_medians(rows):
    """Return variant -> the logarithms of its blocks' medians, in the order of blocks."""
    samples = defaultdict(list)
    wanted = rows[
        (rows["instrument"] == "browser") & (rows["control"] == "increment") & (rows["scenario"] == "unrelated")
    ]
    for row in wanted[wanted["ok"] & ~wanted["warmup"]].itertuples():
        samples[f"{row.entry}/{row.variant}", row.block].append(row.right_ms)
    found = defaultdict(list)
    for (name, _), values in sorted(samples.items()):
        found[name].append(math.log(median(values)))
    return found


def residual_variances(logs):
    """Return variant -> the variance that is left when each block's effect is taken away."""
    count, blocks = len(logs), len(next(iter(logs.values())))
    effects = [median(own[block] - fmean(own) for own in logs.values()) for block in range(blocks)]
    share = 1 - 2 / count + math.pi / (2 * count + math.pi - 2)
    return {
        name: variance([value - effect for value, effect in zip(own, effects, strict=True)]) / share
        for name, own in logs.items()
    }, variance(effects)


def moderated(variances, freedom):
    """Return variant -> its variance and degrees of freedom, drawn towards the others'."""
    chi = stats.chi2(freedom)
    centre = median(variances.values()) / (chi.median() / freedom)
    ceiling = centre * chi.isf(0.1) / freedom
    logs = [
        math.log(min(it, ceiling)) - special.digamma(freedom / 2) + math.log(freedom / 2) for it in variances.values()
    ]
    trigamma, fourth = (float(special.polygamma(order, freedom / 2)) for order in (1, 3))
    count = len(logs)
    error = trigamma * math.sqrt(2 / (count - 1) + fourth / trigamma**2 / count)
    unlike = max(variance(logs) - trigamma, 0) + error
    lent = 2 * optimize.brentq(lambda half: special.polygamma(1, half) - unlike, 1e-3, 1e6)
    typical = math.exp(fmean(logs) + special.digamma(lent / 2) - math.log(lent / 2))
    found = {}
    for name, own in variances.items():
        given = min(lent, (count - 1) * freedom) * chi.sf(freedom * own / centre) ** 3
        found[name] = ((given * typical + freedom * own) / (given + freedom), given + freedom)
    return found


@pytest.mark.parametrize("name", ["streamlit/idiomatic", "dash/idiomatic", "reflex/idiomatic"])
def test_a_ratio_and_a_median_of_the_reference_run(name):
    view = view_of("reference")
    logs = log_medians(view.run.interactions)
    variances, of_effects = residual_variances(logs)
    blocks = len(logs[name])
    known = moderated(variances, blocks - 1)
    reference = fmean(variances[it] for it in BASELINE), 2 * (blocks - 1)
    typical = math.exp(fmean(math.log(it) for it, _ in known.values()))
    count = len(logs)
    shared = max(of_effects - math.pi / (2 * count + math.pi - 2) * typical, 0.0), blocks - 1
    variant = next(it for it in view.variants if it.id == name)
    ratio = fmean(ours - theirs for ours, theirs in zip(logs[name], logs[BASELINE[0]], strict=True))
    for shown, middle, other in (
        (latency_ratio(view, variant, CLICK, RIGHT), ratio, reference),
        (latency(view, variant, CLICK, RIGHT), fmean(logs[name]), shared),
    ):
        total = known[name][0] + other[0]
        freedom = total**2 / sum(it**2 / own for it, own in (known[name], other))
        half = stats.t.ppf(0.975, freedom) * math.sqrt(total / blocks)
        estimate = shown.estimate
        assert math.log(estimate.value) == pytest.approx(middle)
        assert (math.log(estimate.low), math.log(estimate.high)) == pytest.approx((middle - half, middle + half))


def test_places_are_those_of_the_same_variances():
    """Two that are far apart are told apart, two that are near aren't."""
    found = {place.name: place for place in ranked(view_of("reference"), CLICK)}
    assert found["gradio/idiomatic"].best > found["fasthtml/idiomatic"].worst
    assert found["dash/idiomatic"].best == 1 or found["dash/idiomatic"].worst < found["gradio/idiomatic"].worst
