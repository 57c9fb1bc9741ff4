"""What templates make of a run is in plain language: the report as Markdown, and the text of the site's and the talk's pages."""

from html.parser import HTMLParser

import pytest
from plain_language import hard_to_read, riddles

from pyuibench.publish.report.build import build

TEXT = {"p", "li", "figcaption"}


class Prose(HTMLParser):
    """The paragraphs and items of a page."""

    def __init__(self, html):
        super().__init__()
        self.found, self._inside = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in TEXT:
            self._inside += 1
            self.found.append("")

    def handle_endtag(self, tag):
        self._inside -= tag in TEXT and self._inside > 0

    def handle_data(self, data):
        if self._inside:
            self.found[-1] += data


@pytest.fixture
def report(write_run):
    return build(write_run())


def test_the_report_is_in_plain_language(report):
    page = "\n\n".join(Prose(report.read_text()).found)
    markdown = report.with_suffix(".md").read_text()
    assert [*riddles(page), *hard_to_read(page)] == []
    assert [*riddles(markdown), *hard_to_read(markdown)] == []
