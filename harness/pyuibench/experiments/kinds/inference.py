"""Language models behind a page: what it takes to ask one, what others wait for meanwhile, and what many who ask at once do."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice

from pyuibench.contract import model
from pyuibench.contract.model import Answers, ModelPage
from pyuibench.contract.states import Action
from pyuibench.entries.catalog import Variant
from pyuibench.entries.other_page import other_page
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.browser.asking import Visitor
from pyuibench.instruments.browser.page import GestureError, Reading
from pyuibench.instruments.resources import measure
from pyuibench.results.plan import Expected
from workload.ledger import read_calls

SETTLE_S = 60.0
"""How long a batch may take that clicks are made beside."""
BYSTANDER = 99
"""The number of a visitor who asks nothing."""
OF_ANOTHER = "shows the answer to another's"
"""What is named first where a visitor sees it."""


@dataclass(frozen=True)
class Inference(Experiment):
    """One visitor asks alone; then clicks beside a batch, and at last as many visitors at once as each of `sessions` says.

    `classified` sentences one after the other, `batches`, `generated` answers of `tokens` tokens. While a batch is computed there
    are `clicks` of who asked for it, and of another visitor; while many ask at once, of one who doesn't.
    """

    name = "inference"
    tokens: int = 16
    classified: int = 6
    batches: int = 2
    generated: int = 2
    clicks: int = 2
    sessions: tuple[int, ...] = (1, 2, 4, 8)

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield the boot of the first variant of an entry that has the page."""
        is_first = variant == variant.entry.variants[0] and not is_twin(variant)
        if "browser" in chosen.instruments and is_first and other_page(variant.entry, model.NAME):
            can_be_busy = model.BUSY not in variant.not_applicable
            yield BootSpec(self.name, contract=model.NAME, tokens=self.tokens, can_be_busy=can_be_busy)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield a step for each part."""
        answers = boot.answers
        yield Step("browser", "one who asks alone", lambda: self._alone(boot, answers))
        if boot.spec.can_be_busy:
            yield Step("browser", "clicks in one's own batch", lambda: self._in_own_batch(boot, answers))
        yield Step("browser", "clicks in another's batch", lambda: self._in_anothers_batch(boot, answers))
        yield Step("browser", "several who ask at once", lambda: self._at_once(boot, answers))
        yield Step("resources", "how often models were loaded", lambda: self._loads(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield what is asked, which is known; and the clicks."""
        together = sum(self.sessions)
        yield Expected(self.name, "browser", self.classified, self.classified, model.CLASSIFY)
        yield Expected(self.name, "browser", self.batches, self.batches, model.CLASSIFY_BATCH)
        yield Expected(self.name, "browser", self.generated, self.generated, model.GENERATE)
        yield Expected(self.name, "browser", together, together, model.GENERATE_TOGETHER)
        own = () if model.BUSY in variant.not_applicable else (model.CLICK_IN_OWN,)
        for scenario in (model.CLICK, *own, model.CLICK_IN_OTHERS):
            yield Expected(self.name, "browser", self.clicks, self.clicks, scenario)
        beside = self.clicks * len(self.sessions)
        yield Expected(self.name, "browser", beside, beside, model.CLICK_BESIDE)

    def _alone(self, boot: Boot, answers: Answers) -> None:
        """One visitor asks one thing after the other."""
        with boot.visitors(self.name, ModelPage(answers).expected, 1) as (visitor,):
            page = ModelPage(answers)
            for sentence in islice(model.sentences(answers.labels), self.classified):
                page = _asked(boot, visitor, *page.classify(sentence))
            for _ in range(self.clicks):
                page = _asked(boot, visitor, *page.click())
            for order in islice(model.orders(answers), self.generated):
                page = _asked(boot, visitor, *page.generate(order))
            for _ in range(self.batches):
                page = _asked(boot, visitor, *page.classify_batch())

    def _in_own_batch(self, boot: Boot, answers: Answers) -> None:
        """While a visitor's batch is computed that visitor clicks."""
        with boot.visitors(self.name, ModelPage(answers).expected, 1) as (visitor,):
            page = ModelPage(answers)
            for _ in range(self.clicks):
                page = _begun(visitor, page)
                page, click = page.click(model.CLICK_IN_OWN)
                boot.keep(visitor.beside(click, 1))
                _ended(visitor, page)

    def _in_anothers_batch(self, boot: Boot, answers: Answers) -> None:
        """While one visitor's batch is computed another one clicks."""
        with boot.visitors(self.name, ModelPage(answers).expected, 2) as (first, second):
            page, other = ModelPage(answers), ModelPage(answers)
            for _ in range(self.clicks):
                page = _begun(first, page)
                other, click = other.click(model.CLICK_IN_OTHERS)
                boot.keep(second.beside(click, 1))
                _ended(first, page)

    def _at_once(self, boot: Boot, answers: Answers) -> None:
        """So many visitors give an order at the same moment, each another one, and one more clicks meanwhile."""
        with ExitStack() as opened:
            initial = ModelPage(answers).expected
            (bystander,) = opened.enter_context(boot.visitors(self.name, initial, 1, first=BYSTANDER))
            idle, asking = ModelPage(answers), list[_Asking]()
            for sessions in self.sessions:
                more = range(len(asking), sessions)
                visitors = opened.enter_context(boot.visitors(self.name, initial, len(more), first=more.start))
                asking += [
                    _Asking(visitor, ModelPage(answers), model.orders(answers, number))
                    for visitor, number in zip(visitors, more, strict=True)
                ]
                idle = self._level(boot, answers, asking[:sessions], bystander, idle)
                self._memory(boot, sessions)

    def _level(
        self, boot: Boot, answers: Answers, asking: Sequence["_Asking"], bystander: Visitor, idle: ModelPage
    ) -> ModelPage:
        """Have visitors ask, and return the page of the one who clicks beside them."""
        asked = [each.next_order() for each in asking]
        for each, action in zip(asking, asked, strict=True):
            each.visitor.page.write(action)
        early = [each.visitor.page.send(action) for each, action in zip(asking, asked, strict=True)]
        for _ in range(self.clicks):
            idle, click = idle.click(model.CLICK_BESIDE)
            boot.keep(bystander.beside(click, len(asking)))
            bystander.rest()
        for each, action, before in zip(asking, asked, early, strict=True):
            reading = each.visitor.page.answer(action, before)
            foreign = _of_another(answers, action, reading)
            boot.keep(each.visitor.sample(action, reading, sessions=len(asking), reason=foreign))
        return idle

    def _memory(self, boot: Boot, sessions: int) -> None:
        used = measure(boot.processes())
        boot.keep(boot.figure(self.name, "resources", "models_pss_bytes", used.pss_bytes, sessions=sessions))

    def _loads(self, boot: Boot) -> None:
        """Store how many copies of each model were loaded, by all processes."""
        calls = read_calls(str(boot.ledger))
        for function in model.LOADED_BY:
            count = sum(call.function == function for call in calls)
            boot.keep(boot.figure(self.name, "resources", "model_loads", count, control=function.removeprefix("load_")))


@dataclass
class _Asking:
    """A visitor who asks, with what the page shows, and what is asked next."""

    visitor: Visitor
    page: ModelPage
    orders: Iterator[str]

    def next_order(self) -> Action:
        self.page, action = self.page.generate(next(self.orders), model.GENERATE_TOGETHER)
        return action


def _asked(boot: Boot, visitor: Visitor, after: ModelPage, action: Action) -> ModelPage:
    boot.keep(visitor.ask(action))
    return after


def _begun(visitor: Visitor, page: ModelPage) -> ModelPage:
    """Have a visitor's next batch begin, untimed."""
    after, batch = page.classify_batch()
    visitor.page.begin(batch)
    return after


def _ended(visitor: Visitor, page: ModelPage) -> None:
    """Wait for the end of a visitor's batch. Raises GestureError for a wrong one."""
    if wrong := visitor.page.settle(page.expected, SETTLE_S):
        raise GestureError(f"a batch beside clicks: {wrong}")
    visitor.rest()


def _of_another(answers: Answers, action: Action, reading: Reading) -> str | None:
    """Return that a visitor got the answer to what another one asked, None if it didn't."""
    asked = answers.of_another(reading.wrong.get("answer"))
    return f"{OF_ANOTHER}: {asked!r} instead of {action.value!r}" if asked else None
