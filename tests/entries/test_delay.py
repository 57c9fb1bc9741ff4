"""What is waited by design: numbers with their source, in words, and as runs of before have it."""

import pytest
from pydantic import ValidationError

from pyuibench.entries.delay import Delay, delays_of

DEBOUNCE = Delay(wait_ms=250, about="A debounce.", source="text.ts")


@pytest.mark.parametrize(
    ("delay", "words", "beside", "on_the_wire"),
    [
        (Delay(wait_ms=0), "none", "", ""),
        (Delay(wait_ms=0, about="On Enter."), "none. On Enter", "", ""),
        (
            DEBOUNCE,
            "250 ms until the page sends (text.ts). A debounce",
            "By design: 250 ms until the page sends (text.ts). A debounce",
            "",
        ),
        (
            Delay(wait_ms=250, longest_ms=550, source="slider.ts"),
            "250 to 550 ms until the page sends (slider.ts)",
            "By design: 250 to 550 ms until the page sends (slider.ts)",
            "",
        ),
        (
            Delay(wait_ms=0, server_wait_ms=50, poll_ms=100, source="server.py"),
            "50 ms until the server takes it up, the answer is looked for every 100 ms (server.py)",
            "By design: 50 ms until the server takes it up, the answer is looked for every 100 ms (server.py)",
            "By design: 50 ms until the server takes it up, the answer is looked for every 100 ms (server.py)",
        ),
        (Delay(wait_ms=None, about="debounced"), "debounced", "", ""),
    ],
)
def test_a_delay_in_words(delay, words, beside, on_the_wire):
    assert (delay.in_words, delay.caveat(in_page=True), delay.caveat(in_page=False)) == (words, beside, on_the_wire)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"wait_ms": 250}, "a wait has no source"),
        ({"wait_ms": 0, "poll_ms": 100}, "a wait has no source"),
        ({"wait_ms": 250, "longest_ms": 50, "source": "x"}, "less than wait_ms"),
        ({"wait_ms": -1}, "greater than or equal to 0"),
        ({"about": "none"}, "Field required"),
        ({"wait_ms": 0, "waits": 1}, "Extra inputs"),
    ],
)
def test_what_is_not_sound_is_told(wrong, why):
    with pytest.raises(ValidationError, match=why):
        Delay.model_validate(wrong)


def test_a_run_has_it_of_the_variant_or_of_the_entry_as_a_record_or_in_words():
    stored = {"name": DEBOUNCE.as_json()}
    assert delays_of({"delays": {"name": "x"}}, {"delays": stored}) == {"name": DEBOUNCE}
    assert delays_of({"delays": {"name": "250 ms"}}, {}) == {"name": Delay(wait_ms=None, about="250 ms")}
    assert delays_of({}, {}) == {}
    assert Delay(wait_ms=0).as_json() == {"wait_ms": 0.0}
