"""What a person can't see isn't visible though it is right, and the reason is said; what can be seen is so at once."""

import pytest
from small_pages import answer, ask, done, output, start

pytestmark = pytest.mark.browser

OUT = '<p id="out">before</p>'
SHOW = "document.getElementById('out').textContent = 'after'"
SHADOW = """
<div id="host"></div>
<script>
  const root = document.getElementById("host").attachShadow({ mode: "open" });
  root.innerHTML = `INSIDE`;
</script>
"""
SHOW_IN_SHADOW = "root.getElementById('out').textContent = 'after'"
SLOTTED = """
<div id="host"><p id="out">before</p></div>
<script>
  const root = document.getElementById("host").attachShadow({ mode: "open" });
  root.innerHTML = `<div style="STYLE"><slot></slot></div>`;
</script>
"""
FOOT = '<div style="position: fixed; left: 0; right: 0; bottom: 0; height: 40px; background: white"></div>'
HEAD = FOOT.replace("bottom: 0", "top: 0")
AT_THE_FOOT = '<p id="out" style="position: absolute; top: calc(100vh - 30px); margin: 0">before</p>'
SCROLLED = "<script>scrollTo(0, 100)</script>"
OVERLAY = f'{OUT}<div style="position: fixed; inset: 0; STYLE"></div>'
TALL = '<div style="height: 5000px"></div>'


def styled(style, contents=OUT):
    return f'<div style="{style}">{contents}</div>'


def seen(page, show=SHOW, timeout=400):
    start(page, output("after"))
    page.evaluate(show)
    return done(page, timeout)


HIDDEN = {
    "display": ("not rendered", styled("display: none")),
    "content-visibility": ("not rendered", styled("content-visibility: hidden")),
    "visibility": ("hidden", styled("visibility: hidden")),
    "opacity": ("transparent", styled("opacity: 0")),
    "opacity-of-two": ("transparent", styled("opacity: 0.7", styled("opacity: 0.7"))),
    "no-height": ("cut off", styled("height: 0; overflow: hidden")),
    "one-pixel": ("cut off", styled("position: absolute; width: 1px; height: 1px; overflow: hidden")),
    "scaled-away": ("without size", styled("transform: scale(0)")),
    "font-size": ("without size", styled("font-size: 0")),
    "clip-path": ("cut off", styled("clip-path: circle(0)")),
    "own-clip-path": ("cut off", OUT.replace("<p", '<p style="clip-path: inset(50%)"')),
    "left-of-the-page": ("off the page", styled("position: absolute; left: -9999px")),
    "above-the-page": ("off the page", styled("position: absolute; top: -500px")),
    "fixed-below-the-screen": ("off the page", styled("position: fixed; top: 200vh")),
    "left-of-a-scroller": ("cut off", styled("overflow: auto", styled("margin-left: -2000px; width: 100px"))),
    "moved-out-of-a-frame": ("cut off", styled("overflow: hidden; height: 50px", styled("margin-top: 400px"))),
    "covered": ("covered by div", OVERLAY.replace("STYLE", "background: white")),
    "covered-by-a-foot-of-a-page-that-ends": ("covered by div", AT_THE_FOOT + FOOT),
    "covered-by-a-head-of-a-page-that-begins": ("covered by div", OUT + TALL + HEAD),
    "covered-though-the-page-scrolls": (
        "covered by div",
        TALL + OVERLAY.replace("STYLE", "background: white").replace(OUT, AT_THE_FOOT),
    ),
    "covered-by-a-dialog-before-its-backdrop": (
        "covered by div",
        TALL + AT_THE_FOOT + '<div style="position: fixed; inset: 0; background: white"></div>' + FOOT,
    ),
    "covered-by-a-foot-where-it-stays-too": (
        "covered by div",
        TALL + AT_THE_FOOT.replace("absolute", "fixed") + FOOT,
    ),
    "covered-by-a-veil": ("covered by div", OVERLAY.replace("STYLE", "background: rgba(0, 0, 0, 0.6)")),
    "covered-by-a-gradient": ("covered by div", OVERLAY.replace("STYLE", "background: linear-gradient(white, red)")),
    "covered-by-an-image": (
        "covered by img",
        f'{OUT}<img style="position: fixed; inset: 0; width: 100vw; height: 100vh">',
    ),
    "slotted": ("hidden", SLOTTED.replace("STYLE", "visibility: hidden")),
    "slotted-transparent": ("transparent", SLOTTED.replace("STYLE", "opacity: 0.2")),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_hidden_is_right_but_never_visible(open_page, name):
    reason, html = HIDDEN[name]
    result = seen(open_page(html))
    assert result["hidden"] == {"out": reason}
    assert result["right"] is not None
    assert result["visible"] is result["painted"] is None
    assert result["wrong"] == {}


@pytest.mark.parametrize(
    ("reason", "inside"),
    [
        ("hidden", styled("visibility: hidden")),
        ("transparent", styled("opacity: 0.4")),
        ("covered by div", OVERLAY.replace("STYLE", "background: white")),
        ("cut off", styled("clip-path: circle(0)")),
    ],
)
def test_what_is_hidden_within_a_shadow_root(open_page, reason, inside):
    result = seen(open_page(SHADOW.replace("INSIDE", inside)), SHOW_IN_SHADOW)
    assert (result["hidden"], result["visible"]) == ({"out": reason}, None)


def test_what_is_covered_from_outside_its_shadow_root(open_page):
    page = open_page(SHADOW.replace("INSIDE", OUT) + '<div style="position: fixed; inset: 0; background: white"></div>')
    assert seen(page, SHOW_IN_SHADOW)["hidden"] == {"out": "covered by div"}


VISIBLE = {
    "plain": OUT,
    "dimmed": styled("opacity: 0.6"),
    "scrolled-down-to": TALL + OUT,
    "scrolled-down-to-in-a-scroller": styled("height: 200px; overflow: auto", TALL + OUT),
    "in-a-scroller-that-is-scrolled-to": TALL + styled("height: 200px; overflow: auto", TALL + OUT),
    "below-a-foot-that-it-can-be-scrolled-out-of": TALL + AT_THE_FOOT + FOOT,
    "below-a-head-that-it-can-be-scrolled-out-of": OUT.replace("<p", '<p style="margin-top: 100px"')
    + TALL
    + HEAD
    + SCROLLED,
    "below-a-click-catcher": OVERLAY.replace("STYLE", ""),
    "below-a-thin-veil": OVERLAY.replace("STYLE", "background: rgba(0, 0, 0, 0.2)"),
    "below-a-transparent-cover": OVERLAY.replace("STYLE", "background: white; opacity: 0.1"),
    "below-a-hidden-cover": OVERLAY.replace("STYLE", "background: white; visibility: hidden"),
    "deaf-to-the-pointer": styled("pointer-events: none"),
    "without-a-box": OUT.replace("<p", '<p style="display: contents"'),
    "without-height": styled("height: 0"),
    "clipped-elsewhere": styled("clip-path: inset(0)"),
    "slotted": SLOTTED.replace("STYLE", ""),
    "a-text-of-svg": '<svg><text id="out" y="20" style="pointer-events: none">before</text></svg>',
    "parts-of-several": '<p id="out"></p><script>out.append("x", document.createElement("b"))</script>',
}


@pytest.mark.parametrize("name", VISIBLE)
def test_what_can_be_seen_is_visible_when_it_is_right(open_page, name):
    result = seen(open_page(VISIBLE[name]), timeout=5_000)
    assert (result["hidden"], result["flickers"]) == ({}, 0)
    assert result["visible"] == result["right"] < result["painted"]


def test_in_a_shadow_root_likewise(open_page):
    result = seen(open_page(SHADOW.replace("INSIDE", OUT)), SHOW_IN_SHADOW, timeout=5_000)
    assert result["visible"] == result["right"] < result["painted"]


def test_what_shows_nothing_needs_no_size(open_page):
    page = open_page(OUT)
    start(page, output(""))
    page.evaluate("document.getElementById('out').textContent = ''")
    assert done(page)["visible"] is not None


# --- when ----------------------------------------------------------------------------------------------------------

AFTER = "const after = (ms) => new Promise((then) => setTimeout(then, ms));"


def test_shown_later_by_a_style_it_is_visible_at_that_moment(open_page):
    page = open_page(styled("visibility: hidden"))
    start(page, output("after"))
    ask(page)
    at = page.evaluate(f"""async () => {{
        {AFTER} {SHOW};
        await after(100);
        const before = performance.now();
        document.getElementById("out").parentElement.style.visibility = "visible";
        await null;
        return [before, performance.now()];
    }}""")
    result = answer(page)
    assert result["right"] < at[0] <= result["visible"] <= at[1] <= result["painted"]
    assert result["flickers"] == 0


def test_faded_in_it_is_visible_when_half_of_it_is_there(open_page):
    page = open_page(
        "<style>#out { opacity: 0; transition: opacity 1s linear } .shown #out { opacity: 1 }</style>" + OUT
    )
    start(page, output("after"))
    ask(page)
    began = page.evaluate(f"() => {{ {SHOW}; document.body.className = 'shown'; return performance.now(); }}")
    result = answer(page)
    assert 450 <= result["visible"] - began < 5_000
    assert result["visible"] <= result["painted"]


def test_faded_in_by_a_style_that_changes_while_it_is_hidden_it_is_visible_at_the_half(open_page):
    page = open_page("<style>p { opacity: 0; transition: opacity 1s linear } .shown p { opacity: 1 }</style>" + OUT)
    start(page, output("after"))
    ask(page)
    began = page.evaluate(f"""async () => {{
        {AFTER} {SHOW};
        await after(100);
        document.body.className = "shown";
        return performance.now();
    }}""")
    # The change itself showed nothing yet.
    assert answer(page)["visible"] - began >= 450


def test_a_change_that_shows_nothing_is_not_when_it_became_visible(open_page):
    page = open_page(OVERLAY.replace("STYLE", "background: white").replace("<div", '<div id="cover"'))
    start(page, output("after"))
    ask(page)
    gone = page.evaluate(f"""async () => {{
        {AFTER} {SHOW};
        await after(100);
        document.body.className = "other";
        await after(200);
        cover.remove();
        return performance.now();
    }}""")
    assert answer(page)["visible"] >= gone


def test_what_one_change_shows_is_visible_at_the_same_time(open_page):
    page = open_page(styled("visibility: hidden", OUT + '<p id="other">before</p>'))
    start(page, output("after"), output("after", "other", "#other"))
    ask(page)
    page.evaluate(f"""async () => {{
        {AFTER} {SHOW};
        other.textContent = "after";
        await after(100);
        other.parentElement.style.visibility = "visible";
    }}""")
    outputs = answer(page)["outputs"]
    assert outputs["out"]["visible"] == outputs["other"]["visible"] < outputs["out"]["painted"]


def test_uncovered_later_it_is_visible_then(open_page):
    page = open_page(OVERLAY.replace("STYLE", "background: white").replace("<div", '<div id="cover"'))
    start(page, output("after"))
    ask(page)
    gone = page.evaluate(
        f"async () => {{ {AFTER} {SHOW}; await after(100); cover.remove(); return performance.now(); }}"
    )
    result = answer(page)
    assert gone <= result["visible"] < result["painted"]


def test_each_output_is_visible_by_itself(open_page):
    page = open_page(OUT + '<p id="other" style="opacity: 0">before</p>')
    start(page, output("after"), output("after", "other", "#other"))
    ask(page)
    page.evaluate(f"""async () => {{
        {AFTER} {SHOW};
        other.textContent = "after";
        await after(100);
        other.style.opacity = 1;
    }}""")
    result = answer(page)
    first, second = result["outputs"]["out"], result["outputs"]["other"]
    assert first["visible"] == first["right"] < first["painted"] < second["visible"] < second["painted"]
    assert (result["visible"], result["painted"]) == (second["visible"], second["painted"])


def test_hidden_again_before_the_hold_is_over_it_does_not_end(open_page):
    page = open_page(OUT)
    start(page, output("after"), hold=200)
    ask(page, 1_500)
    page.evaluate(f"""async () => {{
        {AFTER} {SHOW};
        await after(100);
        document.body.style.opacity = 0;
    }}""")
    result = answer(page)
    assert (result["flickers"], result["hidden"]) == (1, {"out": "transparent"})
    assert result["right"] is not None
    assert result["visible"] is result["painted"] is None


def test_hidden_and_shown_again_it_is_visible_from_the_second_time_on(open_page):
    page = open_page(OUT)
    start(page, output("after"), hold=200)
    ask(page)
    at = page.evaluate(f"""async () => {{
        {AFTER} {SHOW};
        await after(100);
        document.body.style.opacity = 0;
        await after(400);
        const at = performance.now();
        document.body.style.opacity = 1;
        return at;
    }}""")
    result = answer(page)
    assert result["flickers"] == 1
    assert at <= result["visible"] <= result["painted"]
