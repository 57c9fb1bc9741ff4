import json

import pytest

from pyuibench.project import RESULTS, ROOT


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_cell_of_a_notebook_runs_on_the_committed_run(path):
    assert (RESULTS / "quick-all" / "run.json").is_file()
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell["source"], str(path), "exec"), names)
    assert len(names["gestures"]) > 100
