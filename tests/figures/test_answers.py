"""The short answers: who is first, what a rerun costs, whether that is significant, how many users a core serves."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from browser_beside_server import with_known_times
from committed import run_of, view_of

from pyuibench.figures.answers import PLACE, QUESTIONS, QUICKEST, REAL, TAX, USERS, answers
from pyuibench.figures.load import HELD, UPPER
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
    return {it.id: it.sentences for it in answers([RunView(run)])}


# A number with its unit or interval, or one that a sentence counts something by; versions and dates of a name aside.
FIGURE = re.compile(r"[\u2212\d][\d.,]*(?: (?:ms|s|%)\b|\u00d7| \[| %| sessions| of \d+)")


@pytest.mark.parametrize("name", ["quick-all", "tax", "load", "server-or-browser"])
def test_no_sentence_has_more_than_three_figures(name):
    for it in answers([view_of(name)]):
        for sentence in it.sentences:
            # An interval belongs to its figure, and from one to another is a range.
            plain = re.sub(r"[\d.,]+(?: %)? to (?=[\d.,]+ (?:%|ms\b|s\b))", "", re.sub(r"\[[^]]*\]", "[", sentence))
            assert len(FIGURE.findall(plain)) <= 3, sentence


def test_every_question_has_an_id_of_its_own():
    assert len({it.id for it in QUESTIONS}) == len(QUESTIONS)


def test_who_is_first_and_by_how_much(with_birch):
    first, others, *_ = told(with_birch(0.5))[QUICKEST.id]
    assert first.startswith(
        "unrelated \u00b7 increment (what an update costs that needs none of the data): Birch is fastest, "
    )
    assert others == "Not significantly slower, of 2: none."


def test_what_to_know_of_who_is_first_is_said_with_its_name(with_birch):
    run = with_birch(0.5)
    birch = {**run.meta["entries"]["birch"], "released": "2024-11-24", "widgets": "native"}
    run = replace(run, meta={**run.meta, "entries": {**run.meta["entries"], "birch": birch}})
    assert ": Birch 2.5 (2024-11-24, the browser's controls) is fastest, " in told(run)[QUICKEST.id][0]


def test_who_is_not_significantly_slower_is_named(with_birch):
    assert told(with_birch(1.0))[QUICKEST.id][1] == "Not significantly slower, of 2: Maple <ui> (on Sap)."


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
    quickest = " ".join(found[QUICKEST.id])
    assert f": {first} is fastest, " in quickest
    assert ("Of the tuned apps Maple <ui> (on Sap) other is fastest, " in quickest) is tuned
    assert "other," not in " ".join(found[TAX.id])


def test_what_a_rerun_costs_by_model(with_birch):
    assert told(with_birch(0.2))[TAX.id] == (
        "When one part of a page changes, how much of the rest is recomputed? callback and rerun: 100 %.",
        "In Maple <ui> (on Sap) each untouched part, with 0.5 ms of code asleep, adds 0.750 ms [0.750, 0.750] to a change.",
        "Of that 0.500 ms is the app's own code, run again, and 0.250 ms is framework overhead.",
        "The other frameworks add 0.150 ms (Birch).",
    )


def test_a_difference_that_is_significant(with_birch):
    verdict, least, *_ = told(with_birch(0.2))[REAL.id]
    assert verdict == (
        "Yes: for each untouched part Maple <ui> (on Sap) adds significantly more than 1 of 1 callback frameworks "
        "(all compared together, 95 %)."
    )
    assert least == "The smallest difference is 0.600 ms [0.600, 0.600], to Birch (paired within 3 blocks)."


def test_a_difference_that_is_not(with_birch):
    assert told(with_birch(1.0, noise=0.01))[REAL.id][0].startswith("Not shown by this run: ")


def test_what_a_run_does_not_answer(write_run):
    assert set(told(write_run())) == {QUICKEST.id, TAX.id}
    assert answers([RunView(write_run(entries=("ground",)))]) == ()


def test_each_question_is_answered_once_by_the_first_run_that_can():
    found = answers([view_of(name) for name in ("quick-all", "tax", "load")])
    assert [(it.id, it.run) for it in found] == [
        (TAX.id, "quick-all"),
        (REAL.id, "quick-all"),
        (QUICKEST.id, "quick-all"),
        (USERS.id, "load"),
    ]


def users():
    (found,) = (it for it in answers([view_of("load")]) if it.id == USERS.id)
    return found.sentences


def test_what_breaks_beyond_the_sessions_held_is_said_where_it_is_more_than_slow():
    assert [it for it in users() if it.startswith("Beyond that ")] == [
        "Beyond that sessions don't open in trame and ReactPy.",
        "Beyond that answers are wrong or missing in ReactPy.",
    ]


def test_every_framework_of_the_load_is_named_once_in_order_of_its_sessions():
    view = view_of("load")
    most, fewest, between, *_ = users()
    names = [re.search(r"(?:most|Fewest) in (.+?), [\d.]+ \[", it).group(1) for it in (most, fewest)]
    rest = re.split(r", | and ", between.removeprefix("In between, from many to few: ").removesuffix("."))
    figures = {variant.title: view.result(HELD, variant) for variant in view.variants if not variant.is_baseline}
    in_order = sorted(figures, key=lambda name: -figures[name].estimate.value)
    assert [figures[name].estimate.value for name in (names[0], *rest, names[1])] == [
        figures[name].estimate.value for name in in_order
    ]


def test_sessions_per_gib_are_those_of_the_samples():
    run = run_of("load")
    figures = run.measurements.query("metric == 'loaded_pss_bytes' and entry == 'trame' and experiment == 'load'")
    slopes = []
    for _, boot in figures.dropna(subset=["value"]).groupby("block"):
        own = boot[boot["sessions"] >= UPPER * boot["sessions"].max()]
        x, y = own["sessions"] - own["sessions"].mean(), own["value"] - own["value"].mean()
        slopes.append((x * y).sum() / (x * x).sum())
    assert users()[-1].startswith(f"A GiB holds {2**30 / (sum(slopes) / len(slopes)):.1f} [")


def test_the_browser_is_told_beside_the_server(write_run):
    """20 ms and two round trips on the server make 50 in the browser: from 15 ms on."""
    (found,) = [it for it in answers([with_known_times(write_run())]) if it.id == PLACE.id]
    opens, changes, sooner = found.sentences
    assert (
        opens == "Opening the same app cold takes 1.45 s in the browser and 100 ms from a server, until all is right."
    )
    assert changes == "A filter's change takes 50.0 ms in the browser and 20.0 ms on a server near by."
    assert sooner.startswith("In Ground a filter is sooner in the browser from a round trip of 15.0 ms [")


def test_without_distances_nothing_is_said_of_places(write_run):
    assert PLACE.id not in told(write_run())
