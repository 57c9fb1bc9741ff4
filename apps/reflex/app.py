import asyncio
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import reflex as rx
from frontend import with_frontend

import workload

ORDERS = workload.orders()
COLUMNS = ("share", "order_id", "date", "region", "category", "product", "units", "price", "revenue")


class State(rx.State):
    clicks: int = 0
    name: str = ""
    category: str = workload.DEFAULT_CATEGORY
    min_units: int = workload.DEFAULT_MIN_UNITS
    granularity: str = workload.DEFAULT_GRANULARITY
    answer: str = ""
    step: int = 0
    progress: str = ""
    crunched: str = ""
    uploaded: str = ""
    _asked: int = 0
    _jobs: int = 0

    @rx.var
    def count(self) -> str:
        return workload.count_text(self.clicks)

    @rx.var
    def greeting(self) -> str:
        return workload.greeting_text(self.name)

    @rx.var
    def kpis(self) -> dict[str, str]:
        return workload.kpis(self._selected(), self.category, self.min_units)

    @rx.var
    def figure(self) -> go.Figure:
        return go.Figure(workload.revenue_figure(self._selected(), self.category, self.min_units, self.granularity))

    @rx.var
    def caption(self) -> str:
        return workload.table_caption(self._selected(), self.category, self.min_units)

    @rx.var
    def rows(self) -> list[list[str | int]]:
        return workload.top_orders(self._selected()).to_numpy().tolist()

    def _selected(self) -> pd.DataFrame:
        return workload.select_orders(ORDERS, self.category, self.min_units)

    @rx.event
    def increment(self):
        self.clicks += 1

    @rx.event
    def set_name(self, value: str):
        self.name = value

    @rx.event
    def set_category(self, value: str):
        self.category = value

    @rx.event
    def set_min_units(self, value: list[int | float]):
        self.min_units = int(value[0])

    @rx.event
    def set_granularity(self, value: str):
        self.granularity = value

    @rx.event
    async def ask(self):
        self._asked += 1
        self.answer = ""
        async for token in workload.answer_tokens_async(self._asked):
            self.answer += token
            yield

    @rx.event(background=True)
    async def crunch(self):
        async with self:
            self._jobs += 1
            job = self._jobs
        for step in range(1, workload.CRUNCH_STEPS + 1):
            progress = await rx.run_in_thread(partial(workload.crunch, job, step))
            async with self:
                self.step = step
                self.progress = progress
        async with self:
            self.crunched = workload.crunched_text(job)

    @rx.event
    async def upload(self, files: list[rx.UploadFile]):
        csv = await files[0].read()
        self.uploaded = await asyncio.to_thread(workload.upload_summary, csv)


def section(title: str, *children: rx.Component) -> rx.Component:
    return rx.vstack(rx.heading(title, as_="h2", size="5"), *children, width="100%")


def labelled(label: str, control: rx.Component) -> rx.Component:
    return rx.vstack(rx.text(label, size="2", weight="medium"), control)


def kpi(label: str, name: str) -> rx.Component:
    return rx.card(rx.text(label, size="2", color_scheme="gray"), rx.text(State.kpis[name], id=name, weight="bold"))


def order_row(order: list[str | int]) -> rx.Component:
    return rx.table.row(rx.foreach(order, rx.table.cell))


def index() -> rx.Component:
    return rx.container(
        rx.vstack(
            rx.heading("Orders", size="8"),
            section(
                "Counter",
                rx.hstack(
                    rx.button("Increment", id="increment", on_click=State.increment),
                    rx.text(State.count, id="count"),
                    align="center",
                ),
            ),
            section(
                "Greeting",
                rx.hstack(
                    rx.input(placeholder="Name", id="name", value=State.name, on_change=State.set_name),
                    rx.text(State.greeting, id="greeting"),
                    align="center",
                ),
            ),
            section(
                "Filters",
                rx.grid(
                    labelled(
                        "Category",
                        rx.select(
                            workload.CATEGORIES, value=State.category, on_change=State.set_category, id="category"
                        ),
                    ),
                    labelled(
                        f"Minimum units: {State.min_units}",
                        rx.slider(
                            default_value=workload.DEFAULT_MIN_UNITS,
                            max=workload.MAX_MIN_UNITS,
                            on_value_commit=State.set_min_units,
                            id="min_units",
                        ),
                    ),
                    labelled(
                        "Granularity",
                        rx.radio(
                            list(workload.GRANULARITIES),
                            default_value=workload.DEFAULT_GRANULARITY,
                            on_change=State.set_granularity,
                            direction="row",
                            id="granularity",
                        ),
                    ),
                    columns="3",
                    spacing="6",
                    width="100%",
                ),
            ),
            section(
                "KPIs",
                rx.grid(
                    kpi("Orders", "orders"),
                    kpi("Revenue", "revenue"),
                    kpi("Average price", "average_price"),
                    kpi("Top product", "top_product"),
                    columns="4",
                    spacing="4",
                    width="100%",
                ),
            ),
            section("Chart", rx.plotly(data=State.figure, id="chart", width="100%")),
            section(
                "Table",
                rx.text(State.caption, id="table"),
                rx.table.root(
                    rx.table.header(rx.table.row(*[rx.table.column_header_cell(column) for column in COLUMNS])),
                    rx.table.body(rx.foreach(State.rows, order_row)),
                    width="100%",
                    id="rows",
                ),
            ),
            section("Answer", rx.button("Ask", id="ask", on_click=State.ask), rx.text(State.answer, id="answer")),
            section(
                "Job",
                rx.button("Crunch", id="crunch", on_click=State.crunch),
                rx.progress(value=State.step, max=workload.CRUNCH_STEPS),
                rx.text(State.progress, id="progress"),
                rx.text(State.crunched, id="crunched"),
            ),
            section(
                "Upload",
                rx.upload(
                    rx.text("Drop a CSV file here or click to select one"),
                    id="upload",
                    accept={"text/csv": [".csv"]},
                    multiple=False,
                    on_drop=State.upload(rx.upload_files(upload_id="upload")),
                    padding="2em",
                    width="100%",
                ),
                rx.text(State.uploaded, id="uploaded"),
            ),
            spacing="6",
        ),
        size="4",
    )


app = rx.App(api_transformer=with_frontend)
app.add_page(index, title="Orders")
