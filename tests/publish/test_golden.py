"""Outputs show the figures that an earlier program made of the committed runs, to the last digit, whatever they are called."""

import pytest
from committed import view_of
from golden_numbers import RUNS, figures, read_figures, read_shown, said, shown, without_charts

from pyuibench.entries.catalog import find_entries
from pyuibench.entries.claims import all_claims
from pyuibench.figures import registry
from pyuibench.project import APPS


@pytest.fixture(scope="module")
def claims():
    return all_claims(find_entries([APPS]).values())


@pytest.fixture(params=RUNS)
def view(request):
    return view_of(request.param)


def test_every_figure_is_that_of_the_golden_values(view):
    old, new = read_figures(view.run.directory.name), figures(view)
    assert {place: (old[place], new.get(place)) for place in old if new.get(place) != old[place]} == {}
    # Figures may be added, none under an id that had no value.
    assert not {id for id, _ in new.keys() - old.keys()} & {id for id, _ in old}


def test_every_number_of_report_and_documents_is_still_shown(view, claims, monkeypatch):
    without_charts(monkeypatch)
    old, new = read_shown()[view.run.directory.name], shown(view, claims)
    for output in ("report.html", "report.md"):
        assert [it for it in old[output] if it not in new[output]] == [], output
    assert new["document"] == old["document"]
    assert new["in short"] == old["in short"]
    assert {test: new["claims"].get(test) for test in old["claims"] if test in new["claims"]} == {
        test: verdict for test, verdict in old["claims"].items() if test in new["claims"]
    }
    assert len(new["claims"].keys() & old["claims"].keys()) >= 0.9 * len(old["claims"])


def test_the_speaker_is_told_the_same_figures(claims):
    assert said([view_of(name) for name in RUNS], claims) == read_shown()["talk"]


def test_the_rerun_tax_is_that_of_the_lowest_cost_on_the_cpu():
    view = view_of("tax")
    members = {spec.id: spec for spec in registry.figures_of(view)}
    for variant in view.variants:
        tax = view.result(registry.figure("rerun_tax"), variant)
        assert tax == view.result(members["rerun_tax.at.1-ms-cpu"], variant)
