"""A load in Locust's own process: how long it may take, and what is said of one that fails."""

import sys

import pytest

from pyuibench.errors import ForeignAnswerError
from pyuibench.instruments.wire import run
from pyuibench.instruments.wire.config import FOREIGN_EXIT_CODE, FOREIGN_MARK, OPEN_EACH_S, SETTLE_S, Load, Target
from pyuibench.instruments.wire.levels import MOST_TRIALS
from pyuibench.instruments.wire.run import HELD_FILE, WireError, limit_s, run_load, serve_page


def test_a_load_may_take_as_long_as_its_levels_and_cycles():
    level = Load(hold_s=10.0, open_timeout_s=20.0, cool_down_s=5.0)
    more = {"hold_s": 10.0, "open_timeout_s": 20.0, "cool_down_s": 5.0, "levels": (1, 2, 3)}
    assert limit_s(Load(**more)) - limit_s(level) == 2 * 35.0 + 5 * OPEN_EACH_S
    again_s = 35.0 + SETTLE_S + 3 * OPEN_EACH_S
    assert limit_s(Load(**more, cycles=4)) - limit_s(Load(**more)) == 4 * again_s
    judging = {"fewest_answers": 60, "most_hold_s": 90.0}
    assert limit_s(Load(**more, judging=judging)) - limit_s(Load(**more)) == 3 * 80.0
    closer = {**judging, "most_gap": 0.1}
    assert limit_s(Load(**more, judging=closer)) - limit_s(Load(**more, judging=judging)) == MOST_TRIALS * (
        again_s + 80.0
    )
    assert limit_s(Load(**more, warmup_s=3.0)) - limit_s(Load(**more)) == 3 * 3.0


def test_counted_actions_may_take_their_intervals_and_answers():
    ten, soak = Load(actions=10, interval_ms=500.0), Load(actions=1990, warmup_actions=20, interval_ms=500.0)
    assert limit_s(soak) - limit_s(ten) == pytest.approx(2000 * (0.5 + run.ANSWER_S))
    assert limit_s(Load(actions=10, interval_ms=500.0, one_offs=("stream", "job"))) > limit_s(ten)


def test_what_locust_says_last_is_told(tmp_path):
    target = Target(entry=tmp_path / "nothing", variant="websocket")
    with pytest.raises(WireError, match=r"^the load failed: .*nothing is not an entry"):
        run_load(target, Load(hold_s=1.0), "http://127.0.0.1:1")


def test_an_answer_of_another_session_is_no_failure_of_the_load(tmp_path, monkeypatch):
    code = f"import sys; sys.stderr.write('{FOREIGN_MARK}three is four\\nother words'); sys.exit({FOREIGN_EXIT_CODE})"
    monkeypatch.setattr(run, "_locust", lambda url, options: [sys.executable, "-c", code])
    with pytest.raises(ForeignAnswerError, match=r"^three is four$"):
        run_load(Target(entry=tmp_path, variant="websocket"), Load(hold_s=1.0), "http://127.0.0.1:1")


def test_a_load_that_hangs_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "limit_s", lambda load: 0.01)
    with pytest.raises(WireError, match=r"^the load didn't end within 0\.01 s$"):
        run_load(Target(entry=tmp_path, variant="websocket"), Load(hold_s=1.0), "http://127.0.0.1:1")


def test_a_level_is_not_held_because_another_load_had_one(tmp_path):
    (tmp_path / HELD_FILE).touch()
    with pytest.raises(WireError):
        run_load(Target(entry=tmp_path, variant="v", samples=tmp_path), Load(hold_s=1.0), "http://127.0.0.1:1")
    assert not (tmp_path / HELD_FILE).exists()


@pytest.mark.parametrize(
    ("code", "error", "words"), [(FOREIGN_EXIT_CODE, ForeignAnswerError, "says whose"), (3, WireError, "exit code 3")]
)
def test_how_locust_with_its_own_page_ended_is_told(tmp_path, monkeypatch, code, error, words):
    monkeypatch.setattr(run, "_locust", lambda url, options: [sys.executable, "-c", f"raise SystemExit({code})"])
    with pytest.raises(error, match=words):
        serve_page(Target(entry=tmp_path, variant="websocket"), Load(hold_s=1.0), "http://127.0.0.1:1", 8089)


def test_a_page_that_is_ended_is_no_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_locust", lambda url, options: [sys.executable, "-c", ""])
    serve_page(Target(entry=tmp_path, variant="websocket"), Load(hold_s=1.0), "http://127.0.0.1:1", 8089)
