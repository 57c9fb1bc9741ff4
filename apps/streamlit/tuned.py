"""The orders page in fragments, with the job in a thread of its own."""

from threading import Thread

import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

import workload


class Job(Thread):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.steps = 0
        self.text = ""
        self.result = ""

    def run(self) -> None:
        for step in range(1, workload.CRUNCH_STEPS + 1):
            self.text = workload.crunch(self.number, step)
            self.steps = step
        self.result = workload.crunched_text(self.number)


@st.cache_resource
def load_orders() -> pd.DataFrame:
    return workload.orders()


@st.cache_data(scope="session", max_entries=10, show_spinner=False)
def summarise(file_id: str, _file: UploadedFile) -> str:
    return workload.upload_summary(_file)


@st.fragment
def show_counter() -> None:
    st.header("Counter")
    if "clicks" not in st.session_state:
        st.session_state.clicks = 0
    if st.button("Increment", key="increment"):
        st.session_state.clicks += 1
    st.container(key="count").text(workload.count_text(st.session_state.clicks))


@st.fragment
def show_greeting() -> None:
    st.header("Greeting")
    name = st.text_input("Name", key="name", live=True)
    st.container(key="greeting").text(workload.greeting_text(name))


@st.fragment
def show_orders() -> None:
    st.header("Filters")
    left, right = st.columns(2)
    category = left.selectbox(
        "Category", workload.CATEGORIES, workload.CATEGORIES.index(workload.DEFAULT_CATEGORY), key="category"
    )
    min_units = right.slider("Minimum units", 0, workload.MAX_MIN_UNITS, workload.DEFAULT_MIN_UNITS, key="min_units")

    selected = workload.select_orders(load_orders(), category, min_units)

    kpis = workload.kpis(selected, category, min_units)
    columns = st.columns(4)
    columns[0].metric("Orders", kpis["orders"], border=True)
    columns[1].metric("Revenue", kpis["revenue"], border=True)
    columns[2].metric("Average price", kpis["average_price"], border=True)
    columns[3].metric("Top product", kpis["top_product"], border=True)

    show_chart(category, min_units)

    st.caption(workload.table_caption(selected, category, min_units))
    st.dataframe(workload.top_orders(selected), hide_index=True)


@st.fragment
def show_chart(category: str, min_units: int) -> None:
    granularity = st.radio(
        "Granularity",
        workload.GRANULARITIES,
        workload.GRANULARITIES.index(workload.DEFAULT_GRANULARITY),
        key="granularity",
        horizontal=True,
    )
    selected = workload.select_orders(load_orders(), category, min_units)
    st.plotly_chart(workload.revenue_figure(selected, category, min_units, granularity), theme=None)


@st.fragment
def show_answer() -> None:
    st.header("Answer")
    if "asked" not in st.session_state:
        st.session_state.asked = 0
    if st.button("Ask", key="ask"):
        st.session_state.asked += 1
        tokens = workload.answer_tokens(st.session_state.asked)
        st.session_state.answer = st.container(key="answer").write_stream(tokens)
    elif "answer" in st.session_state:
        st.container(key="answer").write(st.session_state.answer)


@st.fragment
def show_job() -> None:
    st.header("Job")
    if "jobs" not in st.session_state:
        st.session_state.jobs = 0
    if st.button("Crunch", key="crunch"):
        st.session_state.jobs += 1
        st.session_state.job = Job(st.session_state.jobs)
        st.session_state.job.start()
    if "job" in st.session_state:
        if st.session_state.job.is_alive():
            watch_job()
        else:
            show_progress(st.session_state.job)
            st.container(key="crunched").text(st.session_state.job.result)


@st.fragment(run_every=0.5)
def watch_job() -> None:
    if not st.session_state.job.is_alive():
        st.rerun()
    show_progress(st.session_state.job)


def show_progress(job: Job) -> None:
    st.container(key="progress").progress(job.steps / workload.CRUNCH_STEPS, job.text)


@st.fragment
def show_upload() -> None:
    st.header("Upload")
    file = st.file_uploader("CSV file", type="csv", key="upload")
    if file is not None:
        st.container(key="uploaded").text(summarise(file.file_id, file))


st.set_page_config(page_title="Orders", layout="wide")
st.title("Orders")
show_counter()
show_greeting()
show_orders()
show_answer()
show_job()
show_upload()
