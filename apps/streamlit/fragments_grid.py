"""The scaling page with every cell a fragment, which runs alone when its own slider moves."""

import streamlit as st

import workload


@st.fragment
def show_cell(index: int) -> None:
    row = st.container(key=f"cell-{index}", horizontal=True, vertical_alignment="center")
    value = row.slider(f"Cell {index}", 0, workload.MAX_CELL_VALUE, workload.DEFAULT_CELL_VALUE, key=f"slider-{index}")
    row.text(workload.cell_value(index, value), width="stretch")


st.set_page_config(page_title="Grid", layout="wide")
st.title("Grid")
for index in range(workload.grid_cells()):
    show_cell(index)
