"""What running in the browser costs, and from which distance on it is sooner than a server."""

from collections.abc import Iterator, Sequence

from pyuibench.figures import break_even, latency
from pyuibench.figures.answers.base import Question, listed
from pyuibench.figures.base import Figure
from pyuibench.figures.break_even import Distances
from pyuibench.figures.ends import headline_end
from pyuibench.figures.format import estimated, number
from pyuibench.figures.samples import Case, VariantInfo
from pyuibench.figures.view import RunView


def _sentences(view: RunView) -> Iterator[str]:
    found = break_even.distances(view, break_even.ACTION)
    if not found:
        return
    end = headline_end(view).label
    here, there = (_span(view, its, break_even.LOAD) for its in (_in_browser(found), _on_server(found)))
    yield f"Opening the same app cold takes {here} in the browser and {there} from a server, until all is {end}."
    here, there = (_span(view, its, break_even.ACTION) for its in (_in_browser(found), _on_server(found)))
    yield f"A filter's change takes {here} in the browser and {there} on a server near by."
    yield from _sooner(view, found)


def _in_browser(found: Sequence[Distances]) -> list[VariantInfo]:
    return [it.variant for it in found]


def _on_server(found: Sequence[Distances]) -> list[VariantInfo]:
    return [it.server for it in found]


def _span(view: RunView, variants: Sequence[VariantInfo], case: Case) -> str:
    """Return from which to which time a case takes, in seconds where it takes long."""
    figures = [latency.latency(view, variant, case, headline_end(view)) for variant in variants]
    times_ms = [it.estimate.value for it in figures if isinstance(it, Figure)]
    if not times_ms:
        return "a time that isn't known"
    unit, size = ("s", 1e3) if max(times_ms) >= 1e3 else ("ms", 1.0)
    ends = dict.fromkeys(number(it / size) for it in (min(times_ms), max(times_ms)))
    return f"{' to '.join(ends)} {unit}"


def _sooner(view: RunView, found: Sequence[Distances]) -> Iterator[str]:
    """Yield from which round trip on a filter is sooner in the browser, those alike together."""
    spec = break_even.of_case(break_even.ACTION)
    anywhere, undecided = [], []
    for it in found:
        figure = view.result(spec, it.variant)
        if not isinstance(figure, Figure):
            undecided.append(it.server.title)
        elif not figure.estimate.value:
            anywhere.append(it.server.title)
        elif figure.estimate.low is not None and figure.estimate.low <= 0:
            undecided.append(it.server.title)
        else:
            distance = estimated(figure)
            yield f"In {it.server.title} a filter is sooner in the browser from a round trip of {distance} to the server on."
    if anywhere:
        yield f"Sooner in the browser at any distance: {listed(anywhere)}."
    if undecided:
        yield f"Not decided: {listed(undecided)}."


PLACE = Question("place", "Server or browser?", break_even.SECTION.id, _sentences)
