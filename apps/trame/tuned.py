import asyncio

from trame.app import TrameApp
from trame.app.file_upload import ClientFile
from trame.decorators import change, task
from trame.ui.vuetify3 import VAppLayout
from trame.widgets import html, plotly
from trame.widgets import vuetify3 as v3

import workload

ORDERS = workload.orders()
KPIS = {
    "orders": "Orders",
    "revenue": "Revenue",
    "average_price": "Average price",
    "top_product": "Top product",
}
HEADERS = [
    {"key": "share", "title": "Share"},
    {"key": "order_id", "title": "Order"},
    {"key": "date", "title": "Date"},
    {"key": "region", "title": "Region"},
    {"key": "category", "title": "Category"},
    {"key": "product", "title": "Product"},
    {"key": "units", "title": "Units"},
    {"key": "price", "title": "Price"},
    {"key": "revenue", "title": "Revenue"},
]


class OrdersApp(TrameApp):
    def __init__(self, server=None):
        super().__init__(server)
        self.asked = 0
        self.jobs = 0
        self.state.trame__title = "Orders"
        self.state.update({"clicks": 0, "count": workload.count_text(0)})
        self.state.update({"answer": "", "progress": "", "crunched": "", "uploaded": ""})
        self._build_ui()

    def increment(self):
        self.state.clicks += 1
        self.state.count = workload.count_text(self.state.clicks)

    @change("name")
    def greet(self, name, **_):
        self.state.greeting = workload.greeting_text(name)

    @change("category", "min_units", "granularity")
    def show_orders(self, category, min_units, granularity, **_):
        if self.state.modified_keys & {"category", "min_units"}:
            self.selected = workload.select_orders(ORDERS, category, min_units)
            self.state.update(workload.kpis(self.selected, category, min_units))
            self.state.table = workload.table_caption(self.selected, category, min_units)
            self.state.rows = workload.top_orders(self.selected).to_dict("records")
        self.state.chart = workload.revenue_figure(self.selected, category, min_units, granularity)

    @task
    async def ask(self):
        self.asked += 1
        with self.state:
            self.state.answering = True
            self.state.answer = ""
        async for token in workload.answer_tokens_async(self.asked):
            with self.state:
                self.state.answer += token
        with self.state:
            self.state.answering = False

    @task
    async def crunch(self):
        self.jobs += 1
        job = self.jobs
        with self.state:
            self.state.crunching = True
        for step in range(1, workload.CRUNCH_STEPS + 1):
            progress = await asyncio.to_thread(workload.crunch, job, step)
            with self.state:
                self.state.progress = progress
                self.state.percent = 100 * step // workload.CRUNCH_STEPS
        with self.state:
            self.state.crunched = workload.crunched_text(job)
            self.state.crunching = False

    @change("file")
    def summarise(self, file, **_):
        if file:
            self.state.uploaded = workload.upload_summary(ClientFile(file).content)

    def _build_ui(self):
        with VAppLayout(self.server) as self.ui:
            with v3.VAppBar():
                v3.VToolbarTitle("Orders")
            with v3.VMain(), v3.VContainer():
                html.H2("Counter")
                with v3.VRow(align="center"):
                    with v3.VCol(cols="auto"):
                        v3.VBtn("Increment", id="increment", click=self.increment)
                    with v3.VCol():
                        html.Span("{{ count }}", id="count")

                html.H2("Greeting", classes="mt-6")
                with v3.VRow(align="center"):
                    with v3.VCol(cols=4):
                        v3.VTextField(id="name", label="Name", v_model=("name", ""), hide_details=True)
                    with v3.VCol():
                        html.Span("{{ greeting }}", id="greeting")

                html.H2("Filters", classes="mt-6")
                with v3.VRow(align="center"):
                    with v3.VCol(cols=3):
                        v3.VSelect(
                            id="category",
                            label="Category",
                            v_model=("category", workload.DEFAULT_CATEGORY),
                            items=("categories", list(workload.CATEGORIES)),
                            hide_details=True,
                        )
                    with v3.VCol():
                        v3.VSlider(
                            id="min_units",
                            label="Minimum units",
                            v_model=("min_units", workload.DEFAULT_MIN_UNITS),
                            min=0,
                            max=workload.MAX_MIN_UNITS,
                            step=1,
                            thumb_label=True,
                            hide_details=True,
                        )
                    with (
                        v3.VCol(cols="auto"),
                        v3.VRadioGroup(
                            id="granularity",
                            label="Granularity",
                            v_model=("granularity", workload.DEFAULT_GRANULARITY),
                            inline=True,
                            hide_details=True,
                        ),
                    ):
                        for granularity in workload.GRANULARITIES:
                            v3.VRadio(label=granularity, value=granularity)

                html.H2("Key figures", classes="mt-6")
                with v3.VRow():
                    for name, label in KPIS.items():
                        with v3.VCol(cols=3), v3.VCard(subtitle=label):
                            v3.VCardText(f"{{{{ {name} }}}}", id=name, classes="text-h6")

                html.H2("Revenue", classes="mt-6")
                with html.Div(id="chart", style="height: 320px"):
                    plotly.Figure(state_variable_name="chart", display_logo=False)

                html.H2("Top orders", classes="mt-6")
                html.P("{{ table }}", id="table")
                v3.VDataTableVirtual(
                    id="rows",
                    headers=("headers", HEADERS),
                    items=("rows", []),
                    height=400,
                    fixed_header=True,
                )

                html.H2("Answer", classes="mt-6")
                v3.VBtn("Ask", id="ask", click=self.ask, loading=("answering", False))
                html.P("{{ answer }}", id="answer")

                html.H2("Job", classes="mt-6")
                v3.VBtn("Crunch", id="crunch", click=self.crunch, loading=("crunching", False))
                with v3.VRow(align="center"):
                    with v3.VCol():
                        v3.VProgressLinear(model_value=("percent", 0))
                    with v3.VCol(cols=3):
                        html.Span("{{ progress }}", id="progress")
                html.P("{{ crunched }}", id="crunched")

                html.H2("Upload", classes="mt-6")
                v3.VFileInput(id="upload", label="Orders (CSV)", v_model=("file", None))
                html.P("{{ uploaded }}", id="uploaded")


def main():
    app = OrdersApp()
    app.server.start()


if __name__ == "__main__":
    main()
