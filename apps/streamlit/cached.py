"""The orders page as one script in which every result is cached."""

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.typing import UploadedFile

import workload


@st.cache_resource
def load_orders() -> pd.DataFrame:
    return workload.orders()


@st.cache_resource(max_entries=20, show_spinner=False)
def select_orders(category: str, min_units: int) -> pd.DataFrame:
    return workload.select_orders(load_orders(), category, min_units)


@st.cache_data(max_entries=1000, show_spinner=False)
def compute_kpis(category: str, min_units: int) -> dict[str, str]:
    return workload.kpis(select_orders(category, min_units), category, min_units)


@st.cache_data(max_entries=1000, show_spinner=False)
def build_figure(category: str, min_units: int, granularity: str) -> dict[str, Any]:
    return workload.revenue_figure(select_orders(category, min_units), category, min_units, granularity)


@st.cache_data(max_entries=1000, show_spinner=False)
def list_top_orders(category: str, min_units: int) -> tuple[str, pd.DataFrame]:
    selected = select_orders(category, min_units)
    return workload.table_caption(selected, category, min_units), workload.top_orders(selected)


@st.cache_data(scope="session", max_entries=10, show_spinner=False)
def summarise(file_id: str, _file: UploadedFile) -> str:
    return workload.upload_summary(_file)


st.set_page_config(page_title="Orders", layout="wide")
st.title("Orders")

st.header("Counter")
if "clicks" not in st.session_state:
    st.session_state.clicks = 0
if st.button("Increment", key="increment"):
    st.session_state.clicks += 1
st.container(key="count").text(workload.count_text(st.session_state.clicks))

st.header("Greeting")
name = st.text_input("Name", key="name")
st.container(key="greeting").text(workload.greeting_text(name))

st.header("Filters")
left, middle, right = st.columns(3)
category = left.selectbox(
    "Category", workload.CATEGORIES, workload.CATEGORIES.index(workload.DEFAULT_CATEGORY), key="category"
)
min_units = middle.slider("Minimum units", 0, workload.MAX_MIN_UNITS, workload.DEFAULT_MIN_UNITS, key="min_units")
granularity = right.radio(
    "Granularity",
    workload.GRANULARITIES,
    workload.GRANULARITIES.index(workload.DEFAULT_GRANULARITY),
    key="granularity",
    horizontal=True,
)

kpis = compute_kpis(category, min_units)
columns = st.columns(4)
columns[0].metric("Orders", kpis["orders"], border=True)
columns[1].metric("Revenue", kpis["revenue"], border=True)
columns[2].metric("Average price", kpis["average_price"], border=True)
columns[3].metric("Top product", kpis["top_product"], border=True)

st.plotly_chart(build_figure(category, min_units, granularity), theme=None)

caption, top_orders = list_top_orders(category, min_units)
st.caption(caption)
st.dataframe(top_orders, hide_index=True)

st.header("Answer")
if "asked" not in st.session_state:
    st.session_state.asked = 0
if st.button("Ask", key="ask"):
    st.session_state.asked += 1
    tokens = workload.answer_tokens(st.session_state.asked)
    st.session_state.answer = st.container(key="answer").write_stream(tokens)
elif "answer" in st.session_state:
    st.container(key="answer").write(st.session_state.answer)

st.header("Job")
if "jobs" not in st.session_state:
    st.session_state.jobs = 0
if st.button("Crunch", key="crunch"):
    st.session_state.jobs += 1
    bar = st.container(key="progress").progress(0.0)
    for step in range(1, workload.CRUNCH_STEPS + 1):
        text = workload.crunch(st.session_state.jobs, step)
        bar.progress(step / workload.CRUNCH_STEPS, text)
    st.session_state.job_text = text
    st.session_state.crunched = workload.crunched_text(st.session_state.jobs)
elif "job_text" in st.session_state:
    st.container(key="progress").progress(1.0, st.session_state.job_text)
if "crunched" in st.session_state:
    st.container(key="crunched").text(st.session_state.crunched)

st.header("Upload")
file = st.file_uploader("CSV file", type="csv", key="upload")
if file is not None:
    st.container(key="uploaded").text(summarise(file.file_id, file))
