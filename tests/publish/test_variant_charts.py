"""A bar is as long as its parts together, and in their order."""

from xml.etree import ElementTree

import pytest
from committed import view_of

from pyuibench.analysis.breakdown import PARTS
from pyuibench.figures import breakdown
from pyuibench.publish.variant_charts import colour_of_part, waterfall_chart

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def taken():
    view = view_of("quick-all")
    return [it for it in breakdown.taken_apart(view) if it.variant.id == "dash/idiomatic"]


def test_every_case_has_a_bar_of_its_parts(taken):
    svg = ElementTree.fromstring(waterfall_chart(taken))
    texts = [it.text for it in svg.iter(f"{SPACE}text")]
    assert {it.case.label for it in taken} <= set(texts)
    boxes = [
        (float(it.get("y")), float(it.get("x")), float(it.get("width")), it.get("fill"))
        for it in svg.iter(f"{SPACE}rect")
    ]
    bars = {y: [box for box in boxes if box[0] == y] for y, *_ in boxes}
    assert len(bars) == len(taken)
    ordered = [it for it in taken if it.case.scenario == "load"] + [it for it in taken if it.case.scenario != "load"]
    for (_, bar), one in zip(sorted(bars.items()), ordered, strict=True):
        known = {part: one.figures[part].estimate.value for part in PARTS if part in one.figures}
        known = {part: value_ms for part, value_ms in known.items() if value_ms > 0}
        assert {colour for *_, colour in bar} <= {colour_of_part(part) for part in known}
        assert [x for _, x, *_ in bar] == sorted(x for _, x, *_ in bar)
        # Parts are as long as their times, to the digits of a drawing.
        scale = sum(width for _, _, width, _ in bar) / sum(known.values())
        for _, _, width, colour in bar:
            part = next(part for part in known if colour_of_part(part) == colour)
            assert width == pytest.approx(scale * known[part], abs=0.05)


def test_nothing_taken_apart_has_no_chart():
    assert waterfall_chart([]) == ""
