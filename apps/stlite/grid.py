"""The scaling page as one script, which runs from top to bottom at every interaction."""

import streamlit as st

import workload

st.set_page_config(page_title="Grid", layout="wide")
st.title("Grid")

for index in range(workload.grid_cells()):
    row = st.container(key=f"cell-{index}", horizontal=True, vertical_alignment="center")
    value = row.slider(f"Cell {index}", 0, workload.MAX_CELL_VALUE, workload.DEFAULT_CELL_VALUE, key=f"slider-{index}")
    row.text(workload.cell_value(index, value), width="stretch")
