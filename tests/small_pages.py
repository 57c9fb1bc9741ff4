"""A small page for the stopwatch, and how a test arms it, makes a gesture and asks for what it saw."""

LONG_MS = 20_000
# A page whose output turns right by `show`, and nothing else.
PLAIN = """
<button id="button">Go</button> <input id="field"> <p id="out">before</p> <p id="other">still</p>
<script>
  const out = document.getElementById("out"), other = document.getElementById("other");
  const show = (text) => { out.textContent = text; };
</script>
"""


def output(text, name="out", selector="#out", probe="text"):
    return {"name": name, "selector": selector, "probe": probe, "text": text}


def arm(page, *awaited, event="pointerdown", key=None, kept=(), hold=1, mark=None, presses=1, watched=None, x=None):
    armed = {"event": event, "key": key, "awaited": list(awaited), "kept": list(kept), "hold": hold, "mark": mark}
    armed |= {"presses": presses, "watched": watched, "x": x}
    return page.evaluate("(it) => pyuibench.arm(it)", armed)


def done(page, timeout=LONG_MS):
    return page.evaluate("(ms) => pyuibench.done(ms)", timeout)


def press(page):
    page.mouse.down()
    page.mouse.up()


def start(page, *awaited, **more):
    """Arm, and let a trusted key start the clock of a page that doesn't act on it."""
    early = arm(page, *awaited, event="keydown", **more)
    page.keyboard.press("x")
    return early


def ask(page, timeout=LONG_MS):
    """Ask for the result without waiting for it: what changes from now on must be seen by an observer."""
    page.evaluate(
        """(ms) => {
        window.result = pyuibench.done(ms).then((result) => ({ ...result, ended: performance.now() }));
    }""",
        timeout,
    )


def answer(page):
    return page.evaluate("() => window.result")
