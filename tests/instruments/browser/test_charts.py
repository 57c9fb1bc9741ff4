"""A chart is right by its title and by its bars, which may come later."""

import pytest
from small_pages import answer, ask, output, start

from workload.expected import chart_text

pytestmark = pytest.mark.browser

RIGHT = chart_text("Sales", [617, 1000, 0])


def path(height):
    return f'<path d="M0,270V{270 - height}H9.3V270Z"></path>' if height else '<path d="M0,0Z"></path>'


def chart(title, *heights):
    """Return a chart as Plotly draws it."""
    bars = "".join(map(path, heights))
    title = f'<text class="gtitle" y="20">{title}</text>'
    return f'<div class="js-plotly-plot"><svg><g class="barlayer">{bars}</g></svg><svg>{title}</svg></div>'


def wrong(page, text):
    return page.evaluate("(it) => pyuibench.wrong([it])", output(text, "chart", ".gtitle", "chart"))


@pytest.mark.parametrize("heights", [(123.45, 200, 0), (61.7, 100, 0), (61.6, 100, 0)])
def test_bars_are_known_by_their_heights_whatever_the_chart_s_size(open_page, heights):
    assert wrong(open_page(chart("Sales", *heights)), RIGHT) == {}


@pytest.mark.parametrize(
    ("title", "heights", "shown"),
    [
        ("Sales", (120, 200, 0), "Sales|600,1000,0"),
        ("Sales", (123.45, 200), "Sales|617,1000"),
        ("Sales", (), "Sales|"),
        ("Sales", (123.45, 200, 0, 0), "Sales|617,1000,0,0"),
        ("Costs", (123.45, 200, 0), "Costs|617,1000,0"),
    ],
)
def test_another_title_or_other_bars_are_wrong(open_page, title, heights, shown):
    assert wrong(open_page(chart(title, *heights)), RIGHT) == {"chart": shown}


def test_a_title_without_a_chart_is_wrong(open_page):
    assert wrong(open_page('<p class="gtitle">Sales</p>'), RIGHT) == {"chart": "Sales|"}


def test_no_chart_is_wrong(open_page):
    assert wrong(open_page(""), RIGHT) == {"chart": None}


def test_a_chart_is_right_when_its_bars_are(open_page):
    page = open_page(chart("Costs", 10, 20))
    start(page, output(chart_text("Sales", [20, 5]), "chart", ".gtitle", "chart"))
    ask(page)
    drawn = page.evaluate(f"""async () => {{
        document.querySelector(".gtitle").textContent = "Sales";
        await new Promise((then) => setTimeout(then, 100));
        const drawn = performance.now();
        document.querySelector(".barlayer").innerHTML = '{path(20)}{path(5)}';
        return drawn;
    }}""")
    result = answer(page)
    assert drawn <= result["right"] == result["visible"]
