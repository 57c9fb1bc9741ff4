"""The scaling page with every cell a fragment, whose text is cached."""

import streamlit as st

import workload


@st.cache_data(max_entries=10_000, show_spinner=False)
def compute_cell(index: int, value: int) -> str:
    return workload.cell_value(index, value)


@st.fragment
def show_cell(index: int) -> None:
    row = st.container(key=f"cell-{index}", horizontal=True, vertical_alignment="center")
    value = row.slider(f"Cell {index}", 0, workload.MAX_CELL_VALUE, workload.DEFAULT_CELL_VALUE, key=f"slider-{index}")
    row.text(compute_cell(index, value), width="stretch")


st.set_page_config(page_title="Grid", layout="wide")
st.title("Grid")
for index in range(workload.grid_cells()):
    show_cell(index)
