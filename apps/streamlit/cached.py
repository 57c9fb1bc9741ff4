"""The orders page as one script in which every result is cached."""

from typing import Any

import pandas as pd
import streamlit as st

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


st.set_page_config(page_title="Orders", layout="wide")
st.title("Orders")

st.subheader("Counter")
if "clicks" not in st.session_state:
    st.session_state.clicks = 0
if st.button("Increment", key="increment"):
    st.session_state.clicks += 1
st.container(key="count").text(workload.count_text(st.session_state.clicks))

st.subheader("Greeting")
name = st.text_input("Name", key="name")
st.container(key="greeting").text(workload.greeting_text(name))

st.subheader("Filters")
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
