"""Each line of an app is told to belong to the section whose names it mentions."""

import pytest

from pyuibench.entries.catalog import find_entries
from pyuibench.project import APPS
from pyuibench.publish.site.code_sections import SECTIONS, sections_of
from pyuibench.publish.site.sources import sources_of

SOURCE = """\
import workload

COLUMNS = [
    "order_id",
    "category",
]


@page.click("increment")
def clicked(number):
    shown = number + 1
    return workload.count_text(shown)


def show(category):
    selected = workload.select(category)
    return (
        workload.kpis(selected),
        workload.revenue_figure(
            selected,
        ),
    )


category = page.select()
"""


def lines_of(section):
    return [number for number, own in enumerate(sections_of(SOURCE, ".py"), 1) if section in own]


def test_a_function_is_a_section_s_with_its_decorator():
    assert lines_of("counter") == [9, 10, 11, 12]


def test_what_mentions_several_is_taken_apart():
    assert lines_of("kpis") == [18]
    assert lines_of("chart") == [19, 20, 21]


def test_a_filter_named_beside_an_output_is_that_one_s():
    assert lines_of("table") == [3, 4, 5, 6]
    assert lines_of("filters") == [15, 16, 25]


def test_what_is_shared_is_nobody_s():
    assert sections_of(SOURCE, ".py")[0] == frozenset()


def test_other_languages_go_line_by_line():
    assert sections_of('<h2>Answer</h2>\n<p id="answer"></p>\n<hr>\n', ".html") == [{"answer"}, {"answer"}, frozenset()]


@pytest.mark.parametrize("entry", find_entries([APPS]).values(), ids=lambda entry: entry.name)
def test_every_section_of_every_app_is_found(entry):
    (source,) = sources_of(entry, entry.variants[:1])
    assert all(source.sections[section] for section in SECTIONS)
    assert source.code.count('class="line"') == source.lines
