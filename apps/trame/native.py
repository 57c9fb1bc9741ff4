import asyncio

import plotly.graph_objects as go
from trame.app import TrameApp
from trame.app.file_upload import ClientFile
from trame.decorators import change, task
from trame.ui.html import DivLayout
from trame.widgets import client, html, plotly

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
        self.state.update({"answer": "", "progress": "", "crunched": "", "uploaded": "", "rows": [], "file": None})
        self._build_ui()

    def increment(self):
        self.state.clicks += 1
        self.state.count = workload.count_text(self.state.clicks)

    @change("name")
    def greet(self, name, **_):
        self.state.greeting = workload.greeting_text(name)

    @change("category", "min_units")
    def show_orders(self, category, min_units, **_):
        selected = workload.select_orders(ORDERS, category, min_units)
        self.state.update(workload.kpis(selected, category, min_units))
        self.state.table = workload.table_caption(selected, category, min_units)
        self.state.rows = workload.top_orders(selected).to_dict("records")

    @change("category", "min_units", "granularity")
    def draw_chart(self, category, min_units, granularity, **_):
        selected = workload.select_orders(ORDERS, category, min_units)
        figure = workload.revenue_figure(selected, category, min_units, granularity)
        self.ctx.chart.update(go.Figure(figure))

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
        with DivLayout(self.server) as self.ui:
            client.Style("body { font-family: sans-serif }")
            html.H1("Orders")

            html.H2("Counter")
            html.Button("Increment", id="increment", click=self.increment)
            html.P("{{ count }}", id="count")

            html.H2("Greeting")
            with html.Label("Name"):
                html.Input(id="name", v_model=("name", ""))
            html.P("{{ greeting }}", id="greeting")

            html.H2("Filters")
            with html.Label("Category"), html.Select(id="category", v_model=("category", workload.DEFAULT_CATEGORY)):
                for category in workload.CATEGORIES:
                    html.Option(category, value=category)
            with html.Label("Minimum units"):
                html.Input(
                    id="min_units",
                    type="range",
                    min=0,
                    max=workload.MAX_MIN_UNITS,
                    step=1,
                    v_model_number=("min_units", workload.DEFAULT_MIN_UNITS),
                )
            with html.Fieldset(id="granularity"):
                html.Legend("Granularity")
                for granularity in workload.GRANULARITIES:
                    with html.Label(granularity):
                        html.Input(
                            type="radio",
                            name="granularity",
                            value=granularity,
                            v_model=("granularity", workload.DEFAULT_GRANULARITY),
                        )

            html.H2("Key figures")
            with html.Dl():
                for name, label in KPIS.items():
                    html.Dt(label)
                    html.Dd(f"{{{{ {name} }}}}", id=name)

            html.H2("Revenue")
            with html.Div(id="chart", style="height: 320px"):
                plotly.Figure(ctx_name="chart", display_logo=False)

            html.H2("Top orders")
            html.P("{{ table }}", id="table")
            with html.Div(style="height: 400px; overflow: auto"), html.Table(id="rows"):
                with html.Thead(), html.Tr():
                    for header in HEADERS:
                        html.Th(header["title"])
                with html.Tbody(), html.Tr(v_for="row in rows", key="row.order_id"):
                    for header in HEADERS:
                        html.Td(f"{{{{ row.{header['key']} }}}}")

            html.H2("Answer")
            html.Button("Ask", id="ask", click=self.ask, disabled=("answering", False))
            html.P("{{ answer }}", id="answer")

            html.H2("Job")
            html.Button("Crunch", id="crunch", click=self.crunch, disabled=("crunching", False))
            html.Progress(value=("percent", 0), max=100)
            html.P("{{ progress }}", id="progress")
            html.P("{{ crunched }}", id="crunched")

            html.H2("Upload")
            with html.Label("Orders (CSV)"):
                html.Input(id="upload", type="file", change="file = $event.target.files[0]")
            html.P("{{ uploaded }}", id="uploaded")


def main():
    app = OrdersApp()
    app.server.start()


if __name__ == "__main__":
    main()
