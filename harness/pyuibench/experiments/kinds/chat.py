"""Chats: sessions that ask one question after the other, their answers streamed at a pace that the server's clock sets.

No model is asked: a token is ready when its time has come, whatever the framework does meanwhile. So what is late is the
framework's doing, and what it costs to stream one token more is all that a server has to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyuibench.contract.service_level import Slo
from pyuibench.entries.catalog import Variant
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.wire.config import Judging, Load
from pyuibench.results.plan import Expected
from workload.tasks import ANSWER_TOKENS

STREAM, ASK = "stream", "ask"
PACES = (20.0, 100.0)
"""Tokens a second: what a person reads along with, and what a small model on a good machine gives."""
LEVELS = (20, 100)
"""Sessions at once at the slowest pace. Between them it is looked for how many keep it."""
FEW = (1, 20)
"""Those at the other paces."""
LATE_MS = 500.0
"""By how much the whole answer may be late: for so long a page seems to go on by itself."""
OPEN_S = 20.0
"""How long a session may take to open, or to open anew after it failed: a chat that opens later isn't kept flowing."""
PATIENCE = 1.5
"""How many times the time that an answer's tokens take it is waited for."""


@dataclass(frozen=True)
class Chat(Experiment):
    """As many sessions as each level says, at each of `paces`, until one answer in twenty is late by more than `late_ms`.

    How many keep their pace is looked for at the slowest pace: levels in between are tried there until the first missed one is no
    more than `most_gap` above the last held one. At the other paces there are the levels of `few` alone. A variant that says how
    many chats are its most has no more.

    All sessions of a level act for `warmup_s`, which doesn't count. It is then held for as long as an answer that is just in time
    and a rest take, or for `least_hold_s` if that is longer: each session asks once or more, or waits all the time for an answer
    that is late by then. A session rests for `rest_ms` between an answer and its next question.
    """

    name = "chat"
    paces: tuple[float, ...] = PACES
    levels: tuple[int, ...] = LEVELS
    few: tuple[int, ...] = FEW
    warmup_s: float = 0.5
    least_hold_s: float = 3.0
    rest_ms: float = 500.0
    late_ms: float = LATE_MS
    most_gap: float = 1.5

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield a boot for each pace, where the variant streams; of the baseline its first transport alone."""
        is_one_of_many = variant.entry.table.baseline and variant != variant.entry.variants[0]
        is_chosen = "wire" in chosen.instruments and STREAM in chosen.scenarios and STREAM not in variant.not_applicable
        if is_chosen and not is_one_of_many and not is_twin(variant):
            for pace in self.paces:
                yield BootSpec(f"{self.name}-{pace:g}", tokens_per_s=pace, keeps_sessions=False)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        pace = boot.spec.tokens_per_s
        yield Step(
            "wire",
            f"chats at {pace:g} tokens a second",
            lambda: boot.act(self.load(boot.seed, pace, boot.variant), self.name),
        )

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield one sample or more: how far a server comes is the question."""
        yield Expected(self.name, "wire", 1, None, STREAM)

    def load(self, seed: int, pace: float, variant: Variant) -> Load:
        """Return what a variant's sessions do where so many tokens come a second."""
        answer_ms = ANSWER_TOKENS / pace * 1e3
        is_slowest = pace == min(self.paces)
        most = variant.table.most_chats or max(self.levels)
        levels = dict.fromkeys(min(sessions, most) for sessions in (self.levels if is_slowest else self.few))
        return Load(
            seed=seed,
            script="visits",
            levels=tuple(levels),
            controls=((STREAM, ASK),),
            warmup_s=self.warmup_s,
            hold_s=max((answer_ms + self.late_ms + self.rest_ms) / 1e3, self.least_hold_s),
            judging=Judging(most_gap=self.most_gap if is_slowest else 0.0),
            arrivals="closed",
            interval_ms=self.rest_ms,
            slo=Slo(p95_ms={STREAM: answer_ms + self.late_ms}),
            timeout_s=max(PATIENCE * answer_ms / 1e3, 5.0),
            cool_down_s=max(PATIENCE * answer_ms / 1e3, 5.0),
            open_timeout_s=OPEN_S,
        )
