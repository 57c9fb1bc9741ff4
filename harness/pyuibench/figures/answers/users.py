"""How many users a core serves, and how many a GiB holds."""

from collections.abc import Iterator, Sequence
from math import inf

from pyuibench.contract.service_level import FOREIGN, NOT_OPENED, WRONG
from pyuibench.figures import load
from pyuibench.figures.answers.base import Question, apps, in_order, listed, named
from pyuibench.figures.base import Figure
from pyuibench.figures.format import estimated, value
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView

BROKEN = {
    NOT_OPENED: "sessions don't open",
    WRONG: "answers are wrong or missing",
    FOREIGN: "answers are another session's",
}
"""How a level of a load is missed other than by slow answers, in words."""


def _sentences(view: RunView) -> Iterator[str]:
    frameworks = [variant for variant in apps(view) if not variant.is_baseline]
    held = in_order(view, load.HELD, frameworks, reverse=True)
    if not held:
        return
    (most, highest), *between = held
    yield f"At one action per second each, within the service level: most in {named(most)}, {at_least(highest)} sessions."
    if between:
        *rest, (fewest, lowest) = between
        yield f"Fewest in {named(fewest)}, {at_least(lowest)}."
        if rest:
            yield f"In between, from many to few: {listed([named(variant) for variant, _ in rest])}."
    yield from _broken(view, [variant for variant, _ in held])
    per_gib = in_order(view, load.PER_GIB, frameworks)
    if per_gib:
        (fewest, least), (most, highest) = per_gib[0], per_gib[-1]
        told = f"{estimated(least)} ({named(fewest)}) to {estimated(highest)} ({named(most)})"
        yield f"A GiB holds {told} sessions, beyond what the server itself takes."


def _broken(view: RunView, variants: Sequence[VariantInfo]) -> Iterator[str]:
    """Yield what breaks where more sessions aren't merely served too slowly."""
    for outcome, words in BROKEN.items():
        names = [named(variant) for variant in variants if outcome in load.broken_at(view, variant)]
        if names:
            yield f"Beyond that {words} in {listed(names)}."


def at_least(figure: Figure) -> str:
    """Return a number of sessions with its interval, or that it is as many or more where all that were tried were held."""
    return f"{value(figure)} or more" if figure.estimate.high == inf else estimated(figure)


USERS = Question("users", "How many users does one core serve?", load.SECTION.id, _sentences)
