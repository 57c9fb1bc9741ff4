"""One session of the baseline: its inputs, and the outputs that each of its controls changes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pandas as pd

import workload
from workload.expected import Inputs

ORDERS = workload.orders()

FILTERS = ("category", "min_units", "granularity")


class AppSession:
    """The app page's state for one visitor."""

    def __init__(self) -> None:
        self.inputs = Inputs()
        self.selected = self._select()
        self.asked = 0
        self.jobs = 0

    def everything(self) -> dict[str, Any]:
        """Return all outputs."""
        return {"count": self._count(), "greeting": self._greeting(), **self._filtered(), **self._chart()}

    def act(self, control: str, value: Any) -> dict[str, Any]:
        """Set a control and return the outputs that depend on it."""
        if control == "increment":
            self.inputs = self.inputs.with_value(control, self.inputs.clicks + 1)
            return {"count": self._count()}
        self.inputs = self.inputs.with_value(control, value)
        if control == "name":
            return {"greeting": self._greeting()}
        if control == "granularity":
            return self._chart()
        self.selected = self._select()
        return {**self._filtered(), **self._chart()}

    async def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]:
        """Set or press a control and yield what changes with it, as it comes. A `token` goes behind the answer so far."""
        if control == "ask":
            self.asked += 1
            output = "answer"
            async for token in workload.answer_tokens_async(self.asked):
                yield {output: token}
                output = "token"
        elif control == "crunch":
            self.jobs += 1
            job = self.jobs
            for step in range(1, workload.CRUNCH_STEPS + 1):
                yield {"progress": await asyncio.to_thread(workload.crunch, job, step), "step": step}
            yield {"crunched": workload.crunched_text(job)}
        else:
            yield self.act(control, value)

    def _count(self) -> str:
        return workload.count_text(self.inputs.clicks)

    def _greeting(self) -> str:
        return workload.greeting_text(self.inputs.name)

    def _select(self) -> pd.DataFrame:
        return workload.select_orders(ORDERS, self.inputs.category, self.inputs.min_units)

    def _filtered(self) -> dict[str, Any]:
        category, min_units = self.inputs.category, self.inputs.min_units
        top = workload.top_orders(self.selected)
        return {
            **workload.kpis(self.selected, category, min_units),
            "table": workload.table_caption(self.selected, category, min_units),
            "rows": {"columns": list(top.columns), "cells": top.to_numpy().tolist()},
        }

    def _chart(self) -> dict[str, Any]:
        category, min_units, granularity = self.inputs.category, self.inputs.min_units, self.inputs.granularity
        return {"chart": workload.revenue_figure(self.selected, category, min_units, granularity)}


class GridSession:
    """The scaling page's state for one visitor."""

    def everything(self) -> dict[str, Any]:
        """Return the text of every cell."""
        return {
            f"cell-{index}": workload.cell_value(index, workload.DEFAULT_CELL_VALUE)
            for index in range(workload.grid_cells())
        }

    def act(self, control: str, value: Any) -> dict[str, Any]:
        """Return the text of one cell for its slider's new value."""
        index = int(control.removeprefix("cell-"))
        return {control: workload.cell_value(index, int(value))}

    async def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]:
        """Yield the text of one cell for its slider's new value."""
        yield self.act(control, value)


def choices() -> Mapping[str, Any]:
    """Return what the page needs to draw its controls."""
    return {
        "categories": workload.CATEGORIES,
        "granularities": workload.GRANULARITIES,
        "category": workload.DEFAULT_CATEGORY,
        "granularity": workload.DEFAULT_GRANULARITY,
        "min_units": workload.DEFAULT_MIN_UNITS,
        "max_min_units": workload.MAX_MIN_UNITS,
        "cells": workload.grid_cells(),
        "cell": workload.DEFAULT_CELL_VALUE,
        "max_cell": workload.MAX_CELL_VALUE,
        "crunch_steps": workload.CRUNCH_STEPS,
    }
