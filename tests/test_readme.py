import pytest

from pyuibench.errors import UserError
from pyuibench.project import RESULTS, ROOT
from pyuibench.report.readme import begin, draw_picture, end, update, written
from pyuibench.store import load


@pytest.mark.parametrize(
    ("run", "part"),
    [("reference", "figures"), ("tax", "tax"), ("load", "load"), ("neighbours", "neighbours"), ("workers", "workers")],
)
def test_the_readme_shows_the_figures_of_the_committed_runs(run, part):
    text = (ROOT / "README.md").read_text()
    shown = text.partition(begin(part))[2].partition(end(part))[0].strip()
    assert (part, shown) == written(load(RESULTS / run))


def test_the_readme_s_picture_is_of_the_committed_run(tmp_path):
    draw_picture(load(RESULTS / "reference"), tmp_path / "figures")
    assert (tmp_path / "figures.svg").read_text() == (ROOT / "docs" / "figures.svg").read_text()


def test_what_the_readme_points_to_is_there():
    for path in (
        "docs/report.png",
        "docs/figures.svg",
        "results/reference/report.md",
        "METHODOLOGY.md",
        "CONTRIBUTING.md",
    ):
        assert path in (ROOT / "README.md").read_text()
        assert (ROOT / path).is_file()


def test_a_readme_without_the_markers_is_left_alone(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("Nothing to fill in.")
    with pytest.raises(UserError, match="lacks the markers"):
        update(readme, load(RESULTS / "reference"))
    assert readme.read_text() == "Nothing to fill in."


def test_what_stands_around_the_markers_stays(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"Before.\n{begin('workers')}\nold\n{end('workers')}\nAfter.\n")
    run = load(RESULTS / "workers")
    update(readme, run)
    assert readme.read_text() == f"Before.\n{begin('workers')}\n{written(run)[1]}\n{end('workers')}\nAfter.\n"
