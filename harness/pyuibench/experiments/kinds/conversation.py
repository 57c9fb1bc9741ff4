"""A conversation: a page with few and with many turns behind it, on which more questions are asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pyuibench.contract import conversation
from pyuibench.entries.catalog import Variant
from pyuibench.entries.other_page import other_page
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.selection import Selection
from pyuibench.results.plan import Expected


@dataclass(frozen=True)
class Conversation(Experiment):
    """Pages whose next question is the first of each of `turns`; so many `questions` are asked at each.

    An answer's tokens come at `tokens_per_s`.
    """

    name = "conversation"
    turns: tuple[int, ...] = (1, 20, 100)
    questions: int = 1
    tokens_per_s: float = 100.0

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield a boot for each number of turns, of the first variant of an entry that has the page."""
        is_first = variant == variant.entry.variants[0] and not is_twin(variant)
        if "browser" in chosen.instruments and is_first and other_page(variant.entry, conversation.NAME):
            for turns in self.turns:
                yield BootSpec(
                    f"{self.name}-{turns}", tokens_per_s=self.tokens_per_s, contract=conversation.NAME, turns=turns - 1
                )

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        yield Step("browser", f"questions from turn {boot.spec.turns + 1} on", lambda: self._ask(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield the questions, and the load of the page."""
        yield Expected(self.name, "browser", self.questions, self.questions, conversation.NAME)
        yield Expected(self.name, "browser", 1, 1, "load")

    def _ask(self, boot: Boot) -> None:
        turns = boot.spec.turns
        with boot.visitors(self.name, conversation.initial(turns), 1) as (visitor,):
            boot.keep(visitor.loaded())
            for action in islice(conversation.actions(turns), self.questions):
                boot.keep(visitor.ask(action))
