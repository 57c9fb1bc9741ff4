"""How a load is led, with crews that are invented: which levels are tried, how long each is held, and what is said of it."""

import gevent
import pytest

from pyuibench.contract.service_level import BUSY, FOREIGN, LIMIT, NOT_OPENED, SLOW, TOO_FEW, Slo
from pyuibench.errors import ForeignAnswerError
from pyuibench.instruments.wire import leader as module
from pyuibench.instruments.wire.config import Judging, Load, Target
from pyuibench.instruments.wire.leader import Leader
from pyuibench.instruments.wire.messages import (
    COUNT,
    COUNTED,
    FOREIGN_ANSWER,
    HOLD,
    JUDGE,
    JUDGED,
    OPEN,
    STATE,
    WARM,
)

SLO = Slo(p95_ms={"unrelated": 200.0})
LOOK_S = 0.001


class Figures:
    """Takes what is stored."""

    def __init__(self):
        self.verdicts = []
        self.failures = []

    def figure(self, metric, value, sessions, *, outcome="", detail="", **_):
        if metric == "slo_kept":
            self.verdicts.append((sessions, value, outcome))
            self.words = detail

    def failure(self, step, reason):
        self.failures.append((step, reason))

    def tell_held(self):
        pass


class Crews:
    """One crew, as the leader's runner: its sessions open as they are wanted, and answer in time up to `capacity` of them."""

    def __init__(
        self,
        capacity=10**6,
        answers_at_once=200,
        share=0.1,
        unopened=(),
        open_one_s=0.0,
        foreign_at=None,
        stops_at=10**6,
    ):
        self.capacity, self.answers_at_once, self.share = capacity, answers_at_once, share
        self.unopened, self.open_one_s, self.foreign_at = unopened, open_one_s, foreign_at
        self.listeners, self.sent, self.held, self.counts = {}, [], [], 0
        self.open, self.is_told, self.stops_at = 0, False, stops_at

    def register_message(self, kind, listener):
        self.listeners[kind] = listener

    def send_message(self, kind, data=None):
        self.sent.append(kind)
        if kind == OPEN:
            self.is_told = False
        elif kind == HOLD:
            self.held.append(data["sessions"])
            self.counts = 0
            if self.held[-1] == self.foreign_at:
                self.tell(FOREIGN_ANSWER, words="session 3 shows what session 4 should")
        elif kind == COUNT:
            self.counts += 1
            late = self.answers_at_once if self.is_slow else 0
            self.tell(COUNTED, tallies={"wrong": (self.given, 0), "unrelated": (self.given, late * self.counts)})
        elif kind == JUDGE:
            times = [999.0 if self.is_slow else 1.0] * self.given
            self.tell(JUDGED, responses=[("unrelated", ms, True) for ms in times], cpu_share=self.share)

    @property
    def is_slow(self):
        return self.open > self.capacity

    @property
    def given(self):
        return self.answers_at_once * max(self.counts, 1)

    def tell(self, kind, **data):
        message = type("Message", (), {"data": {"crew": "invented", **data}})
        self.listeners[kind](msg=message)

    def tell_state(self):
        self.tell(STATE, open=self.open, done=0, unopened=list(self.unopened), cpu_share=self.share)

    def follow(self, leader):
        """Open and close sessions as they are wanted."""
        while not leader.is_over:
            step = 1 if self.open_one_s else leader.wanted
            wanted = min(self.open + step, leader.wanted, self.stops_at) - len(self.unopened)
            if wanted != self.open or not self.is_told:
                self.open, self.is_told = max(wanted, 0), True
                self.tell_state()
            gevent.sleep(self.open_one_s or LOOK_S)


@pytest.fixture
def lead(monkeypatch):
    """Return a function that leads a load of crews to its end, and returns what was stored."""
    for name in ("LOOK_S", "COUNT_S", "SETTLE_S"):
        monkeypatch.setattr(module, name, LOOK_S)

    def led(crews, **settings):
        figures = Figures()
        judging = Judging(**{"fewest_answers": 60, "most_hold_s": 0.2, "most_gap": 0.15} | settings.pop("judging", {}))
        load = Load(**{"script": "visits", "hold_s": 0.01, "slo": SLO, "judging": judging, **settings})
        leader = Leader(Target(entry=".", variant="v"), load, crews, figures)
        following = gevent.spawn(crews.follow, leader)
        try:
            gevent.spawn(leader.lead).get()
        finally:
            following.kill()
        return figures

    return led


def test_levels_between_the_last_held_and_the_first_missed_are_tried(lead):
    figures = lead(Crews(capacity=36), levels=(5, 10, 20, 50, 100))
    assert figures.verdicts == [
        (5, 1.0, ""),
        (10, 1.0, ""),
        (20, 1.0, ""),
        (50, 0.0, SLOW),
        (32, 1.0, ""),
        (40, 0.0, SLOW),
        (36, 1.0, ""),
    ]


def test_a_hold_in_which_nothing_was_due_decides_nothing(lead):
    figures = lead(Crews(answers_at_once=0), levels=(2, 4), judging={"fewest_answers": 0})
    assert figures.verdicts == [(2, None, TOO_FEW)]
    assert figures.words == "nothing was due while the level was held"


def test_a_server_that_misses_the_first_level_is_tried_with_fewer(lead):
    figures = lead(Crews(capacity=1), levels=(5, 10))
    assert figures.verdicts == [(5, 0.0, SLOW), (2, 0.0, SLOW), (1, 1.0, "")]


def test_a_server_that_holds_no_session_at_all(lead):
    assert lead(Crews(capacity=0), levels=(2, 4)).verdicts == [(2, 0.0, SLOW), (1, 0.0, SLOW)]


def test_without_a_gap_nothing_is_tried_between(lead):
    figures = lead(Crews(capacity=36), levels=(20, 50), judging={"most_gap": 0.0})
    assert [sessions for sessions, *_ in figures.verdicts] == [20, 50]


def test_a_level_is_held_until_there_are_enough_answers(lead):
    crews = Crews(answers_at_once=10)
    assert lead(crews, levels=(5,)).verdicts == [(5, 1.0, "")]
    # The share of wrong answers needs a hundred, one of which is wrong without its being too many.
    assert crews.counts == 10


def test_what_is_slow_beyond_doubt_is_held_no_longer(lead):
    crews = Crews(capacity=0, answers_at_once=3)
    assert lead(crews, levels=(1,)).verdicts == [(1, 0.0, SLOW)]
    assert crews.counts < 3


def test_a_level_without_enough_answers_is_undecided_and_ends_the_load(lead):
    figures = lead(Crews(answers_at_once=1), levels=(5, 10), judging={"most_hold_s": 0.012})
    assert figures.verdicts == [(5, None, TOO_FEW)]
    assert figures.words.startswith("too few answers to judge: ")
    assert "of unrelated, 60 are needed" in figures.words


def test_what_is_missed_as_the_generator_is_busy_is_undecided(lead):
    figures = lead(Crews(capacity=5, share=0.8), levels=(5, 10))
    assert figures.verdicts == [(5, 1.0, ""), (10, None, BUSY)]
    assert figures.words.startswith("the load generator used 80% of a core, so this may be its own doing: p95 of")


@pytest.mark.parametrize(("own", "value", "outcome"), [(True, None, LIMIT), (False, 0.0, NOT_OPENED)])
def test_sessions_that_do_not_open_are_charged_to_whose_limit_it_was(lead, own, value, outcome):
    figures = lead(Crews(unopened=[("no file left", own)]), levels=(5,), judging={"most_gap": 0.0})
    assert figures.verdicts == [(5, value, outcome)]
    assert "1 of 5 sessions" in figures.words and figures.words.endswith("no file left")


def test_sessions_may_take_long_to_open_as_long_as_they_open(lead, monkeypatch):
    monkeypatch.setattr(module, "OPENED_S", 0.0)
    figures = lead(Crews(open_one_s=0.01), levels=(30,), open_timeout_s=0.1)
    assert figures.verdicts == [(30, 1.0, "")]


def test_sessions_that_stop_opening_are_told(lead, monkeypatch):
    monkeypatch.setattr(module, "OPENED_S", 0.0)
    crews = Crews(stops_at=3)
    figures = lead(crews, levels=(5,), open_timeout_s=0.02, judging={"most_gap": 0.0})
    assert figures.verdicts == [(5, 0.0, NOT_OPENED)]
    assert figures.words.startswith("only 3 of 5 sessions were open")


def test_all_sessions_act_before_anything_counts(lead):
    crews = Crews()
    lead(crews, levels=(2,), warmup_s=0.01)
    assert [kind for kind in crews.sent if kind in (OPEN, WARM, HOLD, JUDGE)] == [OPEN, WARM, HOLD, JUDGE]


def test_an_answer_of_another_session_ends_the_load_at_once(lead):
    crews = Crews(foreign_at=10)
    figures = Figures()
    load = Load(script="visits", levels=(5, 10, 20), hold_s=0.01, slo=SLO)
    leader = Leader(Target(entry=".", variant="v"), load, crews, figures)
    following = gevent.spawn(crews.follow, leader)
    with pytest.raises(ForeignAnswerError, match="session 3 shows what session 4 should"):
        gevent.spawn(leader.lead).get()
    following.kill()
    assert leader.is_over
    assert figures.verdicts[-1] == (10, 0.0, FOREIGN)
    assert crews.held == [5, 10]


def test_an_answer_of_another_session_counts_when_nothing_is_led_any_more(lead):
    crews, figures = Crews(), Figures()
    load = Load(script="visits", levels=(5,), hold_s=0.01, slo=SLO)
    leader = Leader(Target(entry=".", variant="v"), load, crews, figures)
    following = gevent.spawn(crews.follow, leader)
    gevent.spawn(leader.lead).get()
    following.kill()
    assert leader.foreign_answer is None
    for words in ("the first", "another"):
        crews.tell(FOREIGN_ANSWER, words=words)
    assert leader.foreign_answer == "the first"
