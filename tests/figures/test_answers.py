"""The short answers: who is first, what a rerun costs, whether that is real, and how many users a GiB holds."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from browser_beside_server import with_known_times
from committed import run_of, view_of

from pyuibench.figures.answers import PER_GIB, PLACE, QUICKEST, REAL, TAX, answers
from pyuibench.figures.load import UPPER
from pyuibench.figures.view import RunView


@pytest.fixture
def with_birch(write_run):
    """Return a function: a run with a callback framework whose times are `share` of maple's, and whose slopes go up and down."""

    def made(share, noise=0.0):
        run = write_run()
        rows = run.interactions
        birch = rows[(rows["entry"] == "maple") & (rows["variant"] == "app")].assign(entry="birch", model="callback")
        birch["boot"] = birch["boot"].str.replace("maple", "birch")
        for column in ("right_ms", "painted_ms"):
            birch[column] = birch[column] * share + noise * (-1) ** birch["block"] * birch["grid_cells"]
        entries = run.meta["entries"]
        own = {
            **entries["maple"],
            "title": "Birch",
            "built_on": "",
            "variants": {"app": {**entries["maple"]["variants"]["app"], "model": "callback"}},
        }
        meta = {**run.meta, "entries": {**entries, "birch": own}}
        return replace(run, meta=meta, interactions=pd.concat([rows, birch], ignore_index=True))

    return made


def told(run):
    return {it.id: " ".join(it.sentences) for it in answers([RunView(run)])}


def test_who_is_first_and_by_how_much(with_birch):
    found = told(with_birch(0.5))[QUICKEST]
    assert found.startswith("unrelated · increment (what an update costs that needs none of the data): Birch, ")
    assert found.endswith("of 2, no other may be first.")


def test_what_to_know_of_who_is_first_is_said_with_its_name(with_birch):
    run = with_birch(0.5)
    birch = {**run.meta["entries"]["birch"], "released": "2024-11-24", "widgets": "native"}
    run = replace(run, meta={**run.meta, "entries": {**run.meta["entries"], "birch": birch}})
    assert ": Birch 2.5 (2024-11-24, the browser's controls), " in told(run)[QUICKEST]


def test_who_cannot_be_told_from_the_first_is_named(with_birch):
    assert told(with_birch(1.0))[QUICKEST].endswith("may be first too: Maple <ui> (on Sap).")


@pytest.mark.parametrize(
    ("role", "share", "first", "tuned"),
    [
        ("contrast", 0.5, "Maple <ui> (on Sap)", False),
        ("tuned", 0.5, "Maple <ui> (on Sap)", True),
        ("tuned-shared", 0.5, "Maple <ui> (on Sap)", True),
        ("tuned", 2.0, "Maple <ui> (on Sap)", False),
    ],
)
def test_idiomatic_apps_are_compared_and_a_tuned_one_is_named_where_it_is_lower(write_run, role, share, first, tuned):
    run = write_run()
    rows = run.interactions
    other = rows[(rows["entry"] == "maple") & (rows["variant"] == "app")].assign(variant="other", role=role)
    other["boot"] = other["boot"].str.replace("app", "other")
    for column in ("right_ms", "painted_ms"):
        other[column] *= share
    maple = run.meta["entries"]["maple"]
    variants = {**maple["variants"], "other": {**maple["variants"]["app"], "role": role}}
    meta = {**run.meta, "entries": {**run.meta["entries"], "maple": {**maple, "variants": variants}}}
    found = told(replace(run, meta=meta, interactions=pd.concat([rows, other], ignore_index=True)))
    assert f": {first}, " in found[QUICKEST]
    assert ("Tuned by documented means, the lowest is Maple <ui> (on Sap) other, " in found[QUICKEST]) is tuned
    assert "other" not in found[TAX]


def test_what_a_rerun_costs_by_model(with_birch):
    found = told(with_birch(0.2))[TAX]
    assert "rerun 100 % (1 variant)" in found
    assert "whose code takes 0.5 ms asleep adds to the change, in ms: " in found
    assert "Of that of Maple <ui> (on Sap), 0.500 [0.500, 0.500] are the page's own code" in found
    assert "several sizes: 0.750 between 1 and 11 parts, 0.750 between 11 and 101 parts." in found
    assert "rerun 0.750 [0.750, 0.750] (Maple <ui> (on Sap))" in found
    assert "callback 0.150 [0.150, 0.150] (Birch)" in found


def test_a_difference_that_is_real(with_birch):
    found = told(with_birch(0.2))[REAL]
    assert found.startswith("Yes: ")
    assert "in 1 of 1 comparisons (paired within 3 blocks" in found
    assert "The least difference is 0.600 ms [0.600, 0.600], to Birch." in found


def test_a_difference_that_is_none(with_birch):
    assert told(with_birch(1.0, noise=0.01))[REAL].startswith("Not shown by this run: ")


def test_what_a_run_does_not_answer(write_run):
    assert set(told(write_run())) == {QUICKEST, TAX}
    assert answers([RunView(write_run(entries=("ground",)))]) == ()


def test_each_question_is_answered_once_by_the_first_run_that_can():
    reports = [view_of(name) for name in ("quick-all", "tax", "load")]
    found = answers(reports)
    assert [(it.id, it.run) for it in found] == [
        (TAX, "quick-all"),
        (REAL, "quick-all"),
        (QUICKEST, "quick-all"),
        (PER_GIB, "load"),
    ]


def test_what_breaks_beyond_the_sessions_held_is_said_where_it_is_more_than_slow():
    busy = answers([view_of("load")])[-1].sentences[1]
    broken = dict(re.findall(r"(\S+) [\d.,]+ \[[^]]+\] \(beyond that ([^)]+)\)", busy))
    assert broken == {
        "ReactPy": "sessions don't open and answers are wrong or missing",
        "trame": "sessions don't open",
    }


def test_sessions_per_gib_are_those_of_the_samples():
    run = run_of("load")
    told_first = answers([view_of("load")])[-1].sentences[0]
    figures = run.measurements.query("metric == 'loaded_pss_bytes' and entry == 'streamlit' and experiment == 'load'")
    slopes = []
    for _, boot in figures.dropna(subset=["value"]).groupby("block"):
        own = boot[boot["sessions"] >= UPPER * boot["sessions"].max()]
        x, y = own["sessions"] - own["sessions"].mean(), own["value"] - own["value"].mean()
        slopes.append((x * y).sum() / (x * x).sum())
    assert f"Streamlit {2**30 / (sum(slopes) / len(slopes)):,.0f} [" in told_first


def test_the_browser_is_told_beside_the_server(write_run):
    """20 ms and two round trips on the server make 50 in the browser: from 15 ms on."""
    (found,) = [it for it in answers([with_known_times(write_run())]) if it.id == PLACE]
    first, pair = found.sentences
    assert first.endswith("times are until all is right.")
    sooner = pair.rpartition("; ")[2]
    loads, changes, _ = pair.split(", ", 2)
    assert loads == "Ground opens cold in 1,450 ms and 100 ms"
    assert changes == "and a filter's change takes 50.0 ms and 20.0 ms"
    assert sooner.startswith("for a filter the browser is sooner from round trips of 15.0 ms [")


def test_without_distances_nothing_is_said_of_places(write_run):
    assert PLACE not in told(write_run())
