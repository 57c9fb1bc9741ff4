"""On which machines the blocks of a run were measured: one, or several where runs of parallel jobs were merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FACTS = (
    "processor",
    "cores",
    "threads_of_one_core",
    "cpu_quota",
    "governor",
    "memory_gib",
    "system",
    "python",
)
"""What `run.json` says of a machine that moves figures."""
START = "start_id"
"""Where `run.json` has what tells two machines of one kind apart: it is another for each start of a machine."""


@dataclass(frozen=True)
class Part:
    """A run that was merged into another: which blocks of that are its own, its seed, and the machine that it was measured on."""

    run_id: str
    created: str
    seed: int | None
    blocks: tuple[int, ...]
    machine: Mapping[str, Any]


@dataclass(frozen=True)
class Machine:
    """A machine, in a few words, and the blocks that were measured on it."""

    words: str
    blocks: tuple[int, ...]


def parts_of(meta: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the runs that a run is made of; itself alone where it was measured in one piece."""
    if parts := meta.get("parts"):
        return tuple(Part(**{**it, "blocks": tuple(it["blocks"])}) for it in parts)
    blocks = sorted({it["block"] for it in meta.get("plan") or () if it["block"] >= 0})
    return (
        Part(
            str(meta.get("run_id")),
            str(meta.get("created") or ""),
            meta.get("seed"),
            tuple(blocks),
            {**(meta.get("machine") or {}), START: meta.get(START, "")},
        ),
    )


def machines_of(meta: Mapping[str, Any]) -> tuple[Machine, ...]:
    """Return the machines that a run's blocks were measured on, in the order of their first block."""
    found: dict[tuple[str, ...], tuple[str, list[int]]] = {}
    for part in parts_of(meta):
        identity = tuple(str(part.machine.get(name)) for name in (*FACTS, START))
        found.setdefault(identity, (_words(part.machine), []))[1].extend(part.blocks)
    return tuple(Machine(words, tuple(sorted(blocks))) for words, blocks in found.values())


def in_words(meta: Mapping[str, Any]) -> str:
    """Return what a run was measured on: the machine, or how many there were and of which kinds."""
    machines = machines_of(meta)
    kinds = list(dict.fromkeys(it.words for it in machines))
    return kinds[0] if len(machines) == 1 else f"{len(machines)} machines ({'; '.join(kinds)})"


def spans(blocks: Sequence[int]) -> str:
    """Return blocks as people count them, from 1 on: `1 to 3, 7`."""
    found: list[list[int]] = []
    for block in sorted(blocks):
        if found and block == found[-1][-1] + 1:
            found[-1].append(block)
        else:
            found.append([block])
    return ", ".join(f"{it[0] + 1} to {it[-1] + 1}" if len(it) > 1 else f"{it[0] + 1}" for it in found)


def _words(machine: Mapping[str, Any]) -> str:
    return f"{machine.get('cores', 'some')} cores ({machine.get('processor', 'a processor that is not stated')})"
