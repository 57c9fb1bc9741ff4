"""The orders page as one script, which runs from top to bottom at every interaction."""

import pandas as pd
import streamlit as st

import workload


@st.cache_data
def load_orders() -> pd.DataFrame:
    return workload.orders()


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

selected = workload.select_orders(load_orders(), category, min_units)

kpis = workload.kpis(selected, category, min_units)
columns = st.columns(4)
columns[0].metric("Orders", kpis["orders"], border=True)
columns[1].metric("Revenue", kpis["revenue"], border=True)
columns[2].metric("Average price", kpis["average_price"], border=True)
columns[3].metric("Top product", kpis["top_product"], border=True)

st.plotly_chart(workload.revenue_figure(selected, category, min_units, granularity), theme=None)

st.caption(workload.table_caption(selected, category, min_units))
st.dataframe(workload.top_orders(selected), hide_index=True)

st.header("Answer")
if "asked" not in st.session_state:
    st.session_state.asked = 0
if st.button("Ask", key="ask"):
    st.session_state.asked += 1
    tokens = workload.answer_tokens(st.session_state.asked)
    with st.container(key="answer"):
        st.session_state.answer = st.write_stream(tokens)
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
    st.container(key="uploaded").text(workload.upload_summary(file))
