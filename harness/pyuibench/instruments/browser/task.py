"""What the browser is asked to do in one boot."""

from dataclasses import dataclass
from pathlib import Path

from pyuibench.contract.scenarios import Texts
from pyuibench.contract.states import Action
from pyuibench.entries.catalog import Variant
from pyuibench.results.records import CellCosts, Origin


@dataclass(frozen=True)
class ServedPage:
    """A page that is served: which variant's, where, the ledger that its server writes, and what its processes are below."""

    variant: Variant
    url: str
    ledger: Path
    servers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class BrowserTask:
    """One session in the browser. Of `actions`, the first `warmup_actions` don't count.

    A right state must hold for `hold_ms`; between actions the session rests for `rest_ms`, from and to. With `times_loading` the
    cold page load is a sample, with `reopens` a warm one too. `one_offs` are the scenarios of what comes once after the actions.
    `cell_costs`: what each cell of the scaling page costs, where they differ. `rtt_ms` is added to every round trip, by a relay.
    With `heap_every` the page's heap is read after each so many actions.
    """

    origin: Origin
    cell_costs: CellCosts = ()
    initial: Texts
    actions: tuple[Action, ...]
    hold_ms: int
    rest_ms: tuple[float, float]
    seed: int
    warmup_actions: int = 0
    one_offs: tuple[str, ...] = ()
    times_loading: bool = True
    reopens: bool = False
    rtt_ms: float = 0.0
    heap_every: int = 0
