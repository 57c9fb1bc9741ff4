"""The moments at which a latency ends, and which of them a run's headline shows."""

from dataclasses import dataclass

from pyuibench.figures.view import RunView


@dataclass(frozen=True)
class End:
    """One moment: `id` is part of the ids of figures, `column` has its times in milliseconds, as `instrument` took them."""

    id: str
    instrument: str
    column: str
    label: str
    about: str


RIGHT = End(
    "browser",
    "browser",
    "right_ms",
    "right",
    "median from the gesture until every output that must change is right",
)
VISIBLE = End(
    "visible", "browser", "visible_ms", "visible", "median from the gesture until a person can see all that must change"
)
PAINTED = End(
    "painted", "browser", "painted_ms", "painted", "median from the gesture until the first frame that shows all of it"
)
ON_THE_WIRE = End(
    "wire",
    "wire",
    "service_ms",
    "wire",
    "median from sending until the last expected value arrived, one session, no browser",
)
ENDS = (RIGHT, VISIBLE, PAINTED, ON_THE_WIRE)


def headline_ends(view: RunView) -> tuple[End, ...]:
    """Return the ends that a run's headline shows side by side, the one that it ranks by first.

    They are `visible` and `painted`. A run of a browser that is older than the look at what can be seen has `right` alone.
    """
    return view.once(_headline_ends)


def headline_end(view: RunView) -> End:
    """Return the end that a run's headline ranks by."""
    return headline_ends(view)[0]


def is_known(view: RunView, end: End) -> bool:
    """Return whether a run has any time of an end."""
    return view.kept(("is known", end), lambda: bool(view.run.interactions[end.column].notna().any()))


def about(view: RunView) -> str:
    """Return what the headline's times are, in a sentence or two."""
    if headline_end(view) is RIGHT:
        return (
            "Median time in the browser from the input event until every output that must change is right: this run is older "
            "than the look at what a person can see."
        )
    return (
        "Median times in the browser from the input event: visible, until a person can see all that must change, and painted, "
        "until the first frame that shows it."
    )


def _headline_ends(view: RunView) -> tuple[End, ...]:
    rows = view.run.interactions
    answered = rows.loc[rows["instrument"] == RIGHT.instrument, [RIGHT.column, VISIBLE.column]].notna().any()
    return (RIGHT,) if answered[RIGHT.column] and not answered[VISIBLE.column] else (VISIBLE, PAINTED)
