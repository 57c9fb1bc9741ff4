"""The pages of other contracts than the reference app's: what each has to have, and what is done on it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyuibench.contract import conversation
from pyuibench.contract.identity import canonical, short_hash
from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action


@dataclass(frozen=True)
class Contract:
    """A contract of one page: its name, its controls and outputs, and its states.

    `initial` and `actions` are of a page that opens with so many turns behind it, and of the visitor with a number: each visitor
    does something else, so that another one's answer is seen. `answered_by`: the workload's function without whose call no
    answer can be right.
    """

    name: str
    controls: tuple[str, ...]
    outputs: tuple[str, ...]
    initial: Callable[[int], Texts]
    actions: Callable[[int, int], Iterator[Action]]
    answered_by: str

    @property
    def hash(self) -> str:
        """Return a short hash of what is declared: what was proven of a page holds as long as it is the same."""
        return short_hash(canonical(list(self._declared())))

    def _declared(self) -> Iterator[Any]:
        yield from (self.name, self.controls, self.outputs, self.answered_by)
        for turns in (0, 2):
            yield dict(self.initial(turns))
            actions = self.actions(turns, 0)
            for action in (next(actions), next(actions)):
                yield [action.control, action.value, action.changes, action.watched, dict(action.expected)]


CONTRACTS: Mapping[str, Contract] = {
    conversation.NAME: Contract(
        conversation.NAME,
        conversation.CONTROLS,
        conversation.OUTPUTS,
        conversation.initial,
        conversation.actions,
        "reply_token",
    )
}
