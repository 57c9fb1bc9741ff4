"""Drawings and their axes: round ticks, places in proportion, texts that can't be taken for markup."""

from xml.etree import ElementTree

import pytest

from pyuibench.publish.svg import Drawing, linear_ticks, log_places, log_ticks


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (10.0, [0, 2, 4, 6, 8, 10]),
        (47.0, [0, 10, 20, 30, 40]),
        (0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (2500.0, [0, 500, 1000, 1500, 2000, 2500]),
    ],
)
def test_ticks_are_round_and_few(highest, ticks):
    assert linear_ticks(highest) == pytest.approx(ticks)


@pytest.mark.parametrize("highest", [0.001, 0.7, 1.0, 3.3, 99.0, 12345.0])
def test_there_are_always_some_and_none_beyond(highest):
    ticks = linear_ticks(highest)
    assert 2 <= len(ticks) <= 7
    assert ticks[0] == 0 and ticks[-1] <= highest * (1 + 1e-9)


def test_ticks_of_a_logarithmic_axis_are_1_2_and_5():
    assert log_ticks(4, 300) == [5, 10, 20, 50, 100, 200]
    assert log_ticks(0.9, 3000) == [1, 10, 100, 1000]


def test_equal_ratios_are_equally_far_apart():
    assert log_places([1, 10, 100], 1, 100, 50, 250) == pytest.approx([50, 150, 250])


def test_a_drawing_is_an_element_with_a_label():
    drawing = Drawing(100, 50)
    drawing.line([(0, 0), (10.123456, 5)], "red", dashes="1 2")
    drawing.box(1, 2, 3, 4, "blue")
    drawing.text((5, 6), "a < b & c", anchor="end")
    drawing.upright((1, 2), "up")
    svg = ElementTree.fromstring(drawing.element('a "label"'))
    assert (svg.get("viewBox"), svg.get("aria-label"), svg.get("role")) == ("0 0 100 50", 'a "label"', "img")
    line, box, text, upright = svg
    assert line.get("points") == "0,0 10.12,5"
    assert (box.get("width"), box.get("height")) == ("3", "4")
    assert (text.text, text.get("text-anchor")) == ("a < b & c", "end")
    assert "rotate(-90)" in upright.get("transform")
