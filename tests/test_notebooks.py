import json

import pytest

from pyuibench.project import RESULTS, ROOT


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_opens_with_a_question_and_its_last_cell_answers_it_from_the_committed_run(path, capsys):
    assert (RESULTS / "quick-all" / "run.json").is_file()
    cells = json.loads(path.read_text())["cells"]
    assert cells[0]["source"].splitlines()[0].endswith("?") and cells[-1]["cell_type"] == "code"
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            capsys.readouterr()
            exec(compile(cell["source"], str(path), "exec"), names)
    assert len(names["gestures"]) > 100
    answer = capsys.readouterr().out
    assert len(answer.splitlines()) > 1 and any(it.isdigit() for it in answer) and "nan" not in answer
