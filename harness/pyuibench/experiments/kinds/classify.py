"""A language model that a page asks in the browser, beside the same framework's page whose server asks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pyuibench.contract import model, page_model
from pyuibench.contract.model import ModelPage
from pyuibench.contract.page_model import PageModel
from pyuibench.entries.catalog import Variant
from pyuibench.entries.other_page import other_page
from pyuibench.experiments.base import Boot, BootSpec, Experiment, Step, is_twin
from pyuibench.experiments.selection import Selection
from pyuibench.instruments.browser.page_memory import page_memory
from pyuibench.instruments.resources import measure
from pyuibench.results.plan import Expected
from pyuibench.serving.models import TOKENS


@dataclass(frozen=True)
class Classify(Experiment):
    """One visitor's page loads and asks for so many `sentences`; in the browser as many in each of its two ways, by turns."""

    name = "classify"
    sentences: int = 10

    def boots(self, variant: Variant, block: int, chosen: Selection) -> Iterator[BootSpec]:
        """Yield the boot of the first variant of an entry that has the page of where its Python runs."""
        is_first = variant == variant.entry.variants[0] and not is_twin(variant)
        contract = _contract(variant)
        if "browser" in chosen.instruments and is_first and other_page(variant.entry, contract):
            yield BootSpec(self.name, contract=contract, tokens=TOKENS)

    def steps(self, boot: Boot) -> Iterator[Step]:
        """Yield the one step."""
        yield Step("browser", "a page that loads, and sentences", lambda: self._ask(boot))

    def expected(self, boot: BootSpec, variant: Variant, chosen: Selection) -> Iterator[Expected]:
        """Yield the load and the sentences."""
        asked = self._asked(variant)
        yield Expected(self.name, "browser", 1, 1, "load")
        yield Expected(self.name, "browser", asked, asked, model.CLASSIFY)

    def _asked(self, variant: Variant) -> int:
        return self.sentences * (len(page_model.CONTROLS) if variant.runs_in == "browser" else 1)

    def _ask(self, boot: Boot) -> None:
        answers = boot.answers
        is_here = boot.variant.runs_in == "browser"
        actions = page_model.actions(answers) if is_here else model.classified(answers)
        initial = (PageModel({}) if is_here else ModelPage(answers)).expected
        with boot.visitors(self.name, initial, 1) as (visitor,):
            boot.keep(visitor.loaded())
            for action in islice(actions, self._asked(boot.variant)):
                boot.keep(visitor.ask(action))
            boot.keep(boot.figure(self.name, "browser", "page_pss_bytes", sessions=1, **page_memory(visitor.page)))
            if not is_here:
                used = measure(boot.processes())
                boot.keep(boot.figure(self.name, "resources", "models_pss_bytes", used.pss_bytes, sessions=1))


def _contract(variant: Variant) -> str:
    return page_model.NAME if variant.runs_in == "browser" else model.NAME
