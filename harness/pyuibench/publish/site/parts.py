"""What takes long of a run: its figures and the charts of its variants. Runs share the machine's processors."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyuibench.figures import breakdown, latency, load
from pyuibench.figures.answers import Answer, answers_of
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView
from pyuibench.publish import charts, variant_charts
from pyuibench.publish.rows import FigureRow, figure_rows
from pyuibench.publish.together import each


@dataclass(frozen=True)
class RunParts:
    """The figures of a run that are listed, the questions that it answers, and the charts of each variant by its id."""

    rows: tuple[FigureRow, ...]
    answers: tuple[Answer, ...]
    charts: Mapping[str, tuple[str, ...]]


def parts_of(views: Sequence[RunView]) -> list[RunParts]:
    """Return the parts of each run, and leave what was estimated with its view."""
    made = each(_made, [(make, view) for make in (_drawn, _estimated) for view in views])
    drawn, estimated = made[: len(views)], made[len(views) :]
    for view, (_, _, results) in zip(views, estimated, strict=True):
        view.estimated.update(results)
    return [RunParts(rows, answers, charts) for (rows, answers, _), charts in zip(estimated, drawn, strict=True)]


def _made(task: tuple[Callable[[RunView], Any], RunView]) -> Any:
    make, view = task
    return make(view)


def _estimated(view: RunView) -> tuple[tuple[FigureRow, ...], tuple[Answer, ...], Mapping[Any, Any]]:
    return figure_rows(view), answers_of(view), view.estimated


def _drawn(view: RunView) -> Mapping[str, tuple[str, ...]]:
    return {variant.id: tuple(_charts(view, variant)) for variant in view.variants}


def _charts(view: RunView, variant: VariantInfo) -> Iterator[str]:
    name = re.sub(r"\W", "_", f"{view.run.directory.name}_{variant.id}")
    samples = latency.scenario_samples(view, variant)
    taken = [it for it in breakdown.taken_apart(view) if it.variant == variant]
    levels = [it for it in load.levels(view) if it.variant == variant]
    drawn = (
        variant_charts.waterfall_chart(taken),
        variant_charts.distribution_chart(variant, samples, view.once(latency.baseline_samples)),
        charts.load_chart(levels, load.slo_ms(view), f"load_{name}"),
    )
    yield from (svg for svg in drawn if svg)
