"""A run's variants and cases, and why some have no samples."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pyuibench.entries.catalog import AGAIN
from pyuibench.figures.base import variant_row
from pyuibench.figures.samples import baselines_of, failure_of, variants, with_first_answers
from pyuibench.figures.view import RunView
from pyuibench.results.store import Run


@pytest.fixture
def view(write_run):
    return RunView(write_run())


def test_variants_begin_with_the_baseline(view):
    assert [variant.id for variant in view.variants] == ["ground/socket", "maple/app", "maple/static"]
    assert [variant.id for variant in baselines_of(view.variants)] == ["ground/socket"]
    assert baselines_of(view.variants[1:]) == ()


def test_the_second_name_of_the_baseline_is_none_of_its_transports(view):
    ground, maple, *_ = view.variants
    http, again = replace(ground, name="http"), replace(ground, name=AGAIN)
    assert baselines_of((ground, http, again, maple)) == (ground, http)


def test_cases_are_in_the_order_of_the_contract(view):
    assert [case.label for case in view.samples.cases] == [
        "unrelated · increment",
        "global · category, in a pop-up",
        "drag · min_units",
        "keys · min_units",
        "stream · ask",
        "job · crunch",
        "busy · increment",
        *(f"grid · {size} · 0.5 ms sleep each" for size in ("1 cell", "11 cells", "101 cells")),
    ]


def test_environment_failure_counts_for_every_page(view):
    failures = view.run.failures.assign(scope="environment", step="environment")
    static = next(variant for variant in variants(view.run) if variant.name == "static")
    assert failure_of(failures, static, "grid", "browser") == "environment failed: not ready after 30 s"
    assert failure_of(view.run.failures, static, "grid", "browser") is None


def test_the_first_answer_of_a_boot_is_its_start_and_its_first_session():
    figures = pd.DataFrame(
        [
            ("a", "boot_ready_ms", 500.0),
            ("a", "first_session_ms", 40.0),
            ("b", "boot_ready_ms", 700.0),
            ("b", "first_session_ms", None),
            ("c", "boot_ready_ms", 900.0),
        ],
        columns=["boot", "metric", "value"],
    )
    run = Run(Path(), {}, figures, figures, figures)
    added = with_first_answers(run).measurements.iloc[len(figures) :]
    assert added.to_numpy().tolist() == [["a", "first_answer_ms", 540.0]]


def test_a_row_says_when_the_version_came_out_and_whose_widgets_it_has(view):
    (maple, *_) = (variant for variant in view.variants if variant.entry == "maple")
    assert variant_row(maple, ()).group == "Maple <ui> (on Sap) 2.5"
    told = replace(maple, released="2026-01-31", widgets="own")
    assert variant_row(told, ()).group == "Maple <ui> (on Sap) 2.5 (2026-01-31, its own widgets)"


def test_a_framework_built_on_another_says_so(view):
    assert {variant.title for variant in view.variants} == {"Ground", "Maple <ui> (on Sap)"}
