"""The scaling page as one script, which runs from top to bottom at every interaction."""

import streamlit as st

import workload

st.set_page_config(page_title="Grid", layout="wide")
st.title("Grid")

for index in range(workload.grid_cells()):
    left, right = st.columns(2)
    value = left.slider(f"Cell {index}", 0, workload.MAX_CELL_VALUE, workload.DEFAULT_CELL_VALUE, key=f"slider-{index}")
    right.container(key=f"cell-{index}").text(workload.cell_value(index, value))
