"""What kind of wrong a wrong answer is."""

from collections.abc import Collection
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal["lost", "stale", "duplicated", "foreign"]
FAULTS: dict[Fault, str] = {
    "lost": "the output still shows what it showed before",
    "stale": "the output shows an older state of its own session: updates were reordered",
    "duplicated": "the action was carried out more than once",
    "foreign": "the output shows what was never its session's",
}


def fault_of(shown: str, before: str, earlier: Collection[str], repeated: str) -> Fault:
    """Return what is wrong with what an output shows in the place of what it should.

    `before` is what it showed before the action, `earlier` what it was to show in the course of its session, `repeated` what it
    would show had the action been carried out twice (empty where that makes no difference). All are normalised.
    """
    if shown == before:
        return "lost"
    if repeated and shown == repeated:
        return "duplicated"
    return "stale" if shown in earlier else "foreign"
