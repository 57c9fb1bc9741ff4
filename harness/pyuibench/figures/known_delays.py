"""What the run's instruments recovered of the delays that were put into the baseline's server."""

from pyuibench.analysis.known_delays import COLUMNS, recovered
from pyuibench.contract.known_delays import KINDS
from pyuibench.figures.base import Column, Figure, Missing, Row, Table
from pyuibench.figures.view import Report


def truths_table(report: Report) -> Table:
    """Return a row a delay, a column an instrument; no row where no delay was put in."""
    found = recovered(report.run)
    by_place = {(it.truth, it.instrument): Figure(it.estimate, "ms") for it in found}
    rows = [
        Row(
            "Known delays",
            f"{truth.delay_ms:g} ms {KINDS[truth.kind]}",
            (),
            tuple(by_place.get((truth, name), Missing("not measured in this run")) for name in COLUMNS),
        )
        for truth in dict.fromkeys(it.truth for it in found)
    ]
    caption = "Difference of medians to a server that works for 10 ms only, [95 % interval, within boots]."
    return Table("What is recovered of known delays", caption, tuple(Column(name) for name in COLUMNS), tuple(rows))
