"""What several runs say of the same variants."""

from dataclasses import replace

from pyuibench.figures.view import RunView, variants_of


def told_as(run, about):
    """Return a run in which a variant is described otherwise."""
    entries = {name: {**entry} for name, entry in run.meta["entries"].items()}
    own = entries["maple"]["variants"]
    entries["maple"]["variants"] = {**own, "app": {**own["app"], "about": about}}
    return replace(run, meta={**run.meta, "entries": entries})


def test_a_variant_is_as_the_first_run_that_has_it_describes_it(write_run):
    run = write_run()
    views = [RunView(told_as(run, about)) for about in ("of today", "of last year")]
    (found,) = [it for it in variants_of(views) if it.id == "maple/app"]
    assert found.about == "of today"
    assert [it.id for it in variants_of(views)] == [it.id for it in views[0].variants]
