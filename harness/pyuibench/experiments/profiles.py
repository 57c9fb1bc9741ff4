"""Profiles: how much is measured, as blocks of experiments with their settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyuibench.errors import UserError
from pyuibench.experiments.base import Experiment
from pyuibench.experiments.kinds.beside import Beside
from pyuibench.experiments.kinds.chat import Chat
from pyuibench.experiments.kinds.conversation import Conversation
from pyuibench.experiments.kinds.crowd import Crowd
from pyuibench.experiments.kinds.cycles import Cycles
from pyuibench.experiments.kinds.far import Far
from pyuibench.experiments.kinds.inference import Inference
from pyuibench.experiments.kinds.known_delays import KnownDelays
from pyuibench.experiments.kinds.load import Levels
from pyuibench.experiments.kinds.neighbours import Neighbours
from pyuibench.experiments.kinds.one_offs import OneOffs
from pyuibench.experiments.kinds.rounds import Rounds
from pyuibench.experiments.kinds.scaling import Scaling
from pyuibench.experiments.kinds.survival import Survival
from pyuibench.experiments.kinds.workers import Workers
from pyuibench.experiments.names import profile_names
from pyuibench.experiments.registry import EXPERIMENTS

BLOCKS = 3
"""How many blocks an experiment has that is run by itself: the fewest that give intervals."""


@dataclass(frozen=True)
class Profile:
    """So many blocks of experiments. Those that ask for equal boots share them, in this order."""

    name: str
    blocks: int
    experiments: tuple[Experiment, ...]


COSTS = ((0.0, "cpu"), (1.0, "cpu"), (5.0, "sleep"), (1.0, "sleep"), (5.0, "cpu"))
"""Of a cell: from nothing to what a small query takes, on the CPU and asleep."""

FEW_DELAYS = KnownDelays(delays=((20.0, "sleep"),), actions=6)
"""As many as show that the clocks are right."""
QUICK_ROUNDS = Rounds(rounds=3, often=(("increment", 5), ("name", 3)))
"""Samples a boot by the components of variance of the reference run (the report's section "Precision").

Standard deviations of logarithms, within a boot and between boots, the block's effect taken away: increment 0.31 and 0.02, name
0.16 and 0.05, granularity 0.15 and 0, min_units 0.14 and 0.03, category 0.10 and 0.06; of the scaling page 0.24 and 0. Boots
hardly differ, so samples are worth more than boots, most of all clicks, which scatter most and take 0.2 s each.

Three blocks of 11 frameworks, the baseline's three transports and its second name take some 30 minutes at the reference run's
pace: 9 each, and 4 for what is counted in the first. With 15 clicks, 9 texts, 3 of each other control and 7 changes of the
scaling page a boot, its components promise ratios within 1.23 at the median and 1.32 at worst; 1.30 and 1.39 to a transport
that isn't measured twice. Within 1.15 at the median takes five blocks, some 50 minutes. Measured (`results/quick`,
2026-11-30): 33 minutes, within 1.28 at the median and 1.50 at worst.
"""

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            "smoke",
            blocks=1,
            experiments=(
                Rounds(rounds=1),
                OneOffs(),
                Crowd(sessions=2, actions=2, interval_ms=250.0),
                Scaling(cells=(1, 10), actions=2),
                KnownDelays(delays=((20.0, "sleep"),), actions=5),
            ),
        ),
        Profile(
            "quick",
            blocks=3,
            experiments=(QUICK_ROUNDS, Scaling(actions=7, on_the_wire=False), KnownDelays()),
        ),
        Profile(
            "tax",
            blocks=3,
            experiments=(
                Rounds(rounds=1),
                Scaling(cells=(1, 50, 200), costs=COSTS, costs_in_turn=2, on_the_wire=False),
                KnownDelays(),
            ),
        ),
        Profile("far", blocks=3, experiments=(Rounds(rounds=1), Far(), Survival(), KnownDelays())),
        Profile("again", blocks=60, experiments=(Rounds(), KnownDelays())),
        Profile("workers", blocks=3, experiments=(Workers(), KnownDelays())),
        Profile("load", blocks=3, experiments=(Levels(), Cycles(), KnownDelays())),
        Profile("neighbours", blocks=3, experiments=(Beside(), Neighbours(), KnownDelays())),
        # A page that starts Python itself takes up to half a minute to load: what opens one anew is done in three blocks only.
        Profile(
            "server-or-browser",
            blocks=5,
            experiments=(
                Rounds(rounds=2),
                OneOffs(blocks=3),
                Scaling(cells=(40,), actions=4, on_the_wire=False),
                Far(),
                KnownDelays(),
            ),
        ),
        Profile("chat", blocks=3, experiments=(Chat(), Conversation(), FEW_DELAYS)),
        Profile("inference", blocks=3, experiments=(Inference(), FEW_DELAYS)),
        Profile(
            "full",
            blocks=10,
            experiments=(
                Rounds(),
                OneOffs(blocks=3),
                Crowd(actions=10, blocks=3),
                Scaling(cells=(1, 40, 100)),
                KnownDelays(),
            ),
        ),
        # What each audit needs, and no more: many such runs show how often audits raise false alarms.
        Profile(
            "audits",
            blocks=3,
            experiments=(
                Rounds(rounds=1, warmup_rounds=0),
                Crowd(sessions=2, actions=2, interval_ms=250.0),
                FEW_DELAYS,
            ),
        ),
    )
}


def profile_named(name: str) -> Profile:
    """Return a profile; for an experiment's name, BLOCKS of it as it is set by default. Raises UserError for an unknown one."""
    if name in PROFILES:
        return PROFILES[name]
    if name in EXPERIMENTS:
        return Profile(name, BLOCKS, tuple(dict.fromkeys((EXPERIMENTS[name](), KnownDelays()))))
    raise UserError(f"There is no profile {name!r}; known profiles: {', '.join(profile_names())}.")
