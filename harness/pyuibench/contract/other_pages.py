"""The pages of other contracts than the reference app's: what each has to have, and what is done on it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

from pyuibench.contract import conversation, model, page_model
from pyuibench.contract.identity import canonical, short_hash
from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action


@dataclass(frozen=True)
class Behind:
    """What is behind a page when it opens: a conversation's turns, and what the machine's models answer."""

    turns: int = 0
    answers: model.Answers | None = None


@dataclass(frozen=True)
class Contract:
    """A contract of one page: its name, its controls and outputs, and its states.

    `initial` and `actions` are of a page with something behind it, and of the visitor with a number: each visitor does something
    else, so that another one's answer is seen. `made_by`: control -> the function without whose call no answer can be right.
    `once`: functions that a server's process calls once, however many visitors there are. `asks_models`: whether the page needs
    the language models. `runs_in`: where the Python of such a page runs. `together`: what several visitors do at the same moment,
    where they share anything. `examples`: what its states are declared by.
    """

    name: str
    controls: tuple[str, ...]
    outputs: tuple[str, ...]
    initial: Callable[[Behind], Texts]
    actions: Callable[[Behind, int], Iterator[Action]]
    made_by: Mapping[str, str]
    examples: tuple[Behind, ...]
    once: tuple[str, ...] = ()
    asks_models: bool = False
    runs_in: Literal["server", "browser"] = "server"
    together: Callable[[Behind, int], Iterator[Action]] | None = None
    of_one_round: int = field(default=2)
    """How many actions show all that is done on the page."""

    @property
    def hash(self) -> str:
        """Return a short hash of what is declared: what was proven of a page holds as long as it is the same."""
        return short_hash(canonical(list(self._declared())))

    def _declared(self) -> Iterator[Any]:
        yield from (self.name, self.controls, self.outputs, *self.made_by.values(), *self.once)
        for behind in self.examples:
            yield dict(self.initial(behind))
            for action in islice(self.actions(behind, 0), self.of_one_round):
                yield [action.control, action.value, action.changes, action.watched, dict(action.expected)]


def _answers_of(behind: Behind) -> model.Answers:
    assert behind.answers, "a page that asks models needs their answers"
    return behind.answers


_EXAMPLE = Behind(answers=model.Answers({"a": "A 1.00", "b": "B 1.00"}, ("Batch 1",), {"c": "C"}))

CONTRACTS: Mapping[str, Contract] = {
    contract.name: contract
    for contract in (
        Contract(
            conversation.NAME,
            conversation.CONTROLS,
            conversation.OUTPUTS,
            lambda behind: conversation.initial(behind.turns),
            lambda behind, visitor: conversation.actions(behind.turns, visitor),
            {conversation.SAY: "reply_token"},
            (Behind(turns=0), Behind(turns=2)),
        ),
        Contract(
            model.NAME,
            model.CONTROLS,
            model.OUTPUTS,
            lambda behind: model.ModelPage(_answers_of(behind)).expected,
            lambda behind, visitor: model.actions(_answers_of(behind), visitor),
            model.MADE_BY,
            (_EXAMPLE,),
            once=model.LOADED_BY,
            asks_models=True,
            together=lambda behind, visitor: model.classified(_answers_of(behind), visitor),
            of_one_round=4,
        ),
        Contract(
            page_model.NAME,
            page_model.CONTROLS,
            page_model.OUTPUTS,
            lambda behind: page_model.PageModel({}).expected,
            lambda behind, visitor: page_model.actions(_answers_of(behind), visitor),
            page_model.MADE_BY,
            (_EXAMPLE,),
            asks_models=True,
            runs_in="browser",
            of_one_round=4,
        ),
    )
}
