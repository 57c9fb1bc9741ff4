"""What the run's instruments recovered of the delays that were put into the baseline's server."""

from pyuibench.analysis.known_delays import COLUMNS, Recovered, recovered
from pyuibench.contract.known_delays import KINDS, PAUSE_MS
from pyuibench.figures.base import Column, Figure, Missing, Row, Section, Table, TableMaker
from pyuibench.figures.view import NOT_MEASURED, RunView

SECTION = Section("known_delays", "Known delays", 200)
SECTIONS = (SECTION,)


def recovered_delays(view: RunView) -> tuple[Recovered, ...]:
    """Return what each instrument recovers of each delay that was put in."""
    return view.once(_recovered)


def _recovered(view: RunView) -> tuple[Recovered, ...]:
    return recovered(view.run)


def delay_tables(view: RunView) -> tuple[Table, ...]:
    """Return a row a delay, a column an instrument; no row where no delay was put in."""
    found = recovered_delays(view)
    by_place = {(it.truth, it.instrument): Figure(it.estimate, "ms") for it in found}
    rows = [
        Row(
            "Known delays",
            f"{truth.delay_ms:g} ms {KINDS[truth.kind]}",
            (),
            tuple(by_place.get((truth, name), Missing(NOT_MEASURED)) for name in COLUMNS),
        )
        for truth in dict.fromkeys(it.truth for it in found)
    ]
    caption = f"Difference of medians to a change that takes {PAUSE_MS:g} ms only, [95 % interval, within boots]."
    columns = tuple(Column(name) for name in COLUMNS)
    return (Table("known_delays.recovered", "What is recovered of known delays", caption, columns, tuple(rows)),)


TABLES = (TableMaker("known_delays.recovered", SECTION.id, delay_tables),)
