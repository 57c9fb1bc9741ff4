"""The scaling page: `workload.grid_cells()` cells of one slider and one text (CONTRIBUTING.md, "The grid")."""
