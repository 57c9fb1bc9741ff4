from pyuibench.project import RESULTS, ROOT
from pyuibench.report.readme import BEGIN, END, figures
from pyuibench.store import load


def test_the_readme_shows_the_figures_of_the_committed_run():
    text = (ROOT / "README.md").read_text()
    shown = text.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == figures(load(RESULTS / "reference"))


def test_what_the_readme_points_to_is_there():
    for path in ("docs/report.png", "results/reference/report.md", "METHODOLOGY.md", "CONTRIBUTING.md"):
        assert path in (ROOT / "README.md").read_text()
        assert (ROOT / path).is_file()
