"""The part of everything that a run is about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyuibench.contract.scenarios import ROUNDS, SCENARIOS, TASKS, PageName
from pyuibench.entries.catalog import Variant
from pyuibench.errors import UserError
from pyuibench.instruments.registry import instrument_names, instruments

IN_BROWSER = ("browser", "code", "environment", "machine", "server", "speed")
"""The instruments that apply where an entry runs in the browser: its server hands out files."""


@dataclass(frozen=True)
class Selection:
    """The scenarios and instruments that a run is limited to; everything without a choice."""

    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    instruments: tuple[str, ...] = instrument_names()

    @property
    def pages(self) -> tuple[PageName, ...]:
        """Return the pages that the scenarios need."""
        return tuple(dict.fromkeys(SCENARIOS[name].page for name in self.scenarios))

    @property
    def needs_server(self) -> bool:
        """Return whether a chosen instrument looks at a running server."""
        return any(instruments()[name].needs_server for name in self.instruments)

    @property
    def times_anything(self) -> bool:
        """Return whether a chosen instrument times interactions."""
        return any(instruments()[name].is_timing for name in self.instruments)

    def of(self, variant: Variant) -> "Selection":
        """Return what of it applies to a variant: one that runs in the browser has no server to look at."""
        if variant.runs_in == "server":
            return self
        return replace(self, instruments=tuple(name for name in self.instruments if name in IN_BROWSER))

    def app_scenarios(self) -> tuple[str, ...]:
        """Return the chosen scenarios of the app page's rounds."""
        return tuple(name for name in self.scenarios if name in ROUNDS)

    def one_offs(self, variant: Variant) -> tuple[str, ...]:
        """Return the chosen scenarios of what a session does once, as far as the variant can."""
        return tuple(name for name in TASKS if name in self.scenarios and name not in variant.not_applicable)


def selection(scenarios: Sequence[str], measuring: Sequence[str]) -> Selection:
    """Return what names choose; everything for none. Raises UserError for an unknown name."""
    for kind, names, known in (
        ("scenario", scenarios, tuple(SCENARIOS)),
        ("instrument", measuring, instrument_names()),
    ):
        for name in names:
            if name not in known:
                raise UserError(f"There is no {kind} {name!r}; known {kind}s: {', '.join(known)}.")
    return Selection(
        tuple(name for name in SCENARIOS if not scenarios or name in scenarios),
        tuple(name for name in instrument_names() if not measuring or name in measuring),
    )
