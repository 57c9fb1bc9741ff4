"""The names of profiles, known without importing what they measure: help and bad input must not wait for it."""

import pkgutil

from pyuibench.experiments import kinds

COMBINED = (
    "smoke",
    "quick",
    "tax",
    "far",
    "again",
    "workers",
    "load",
    "neighbours",
    "server-or-browser",
    "chat",
    "inference",
    "full",
    "audits",
)
"""The profiles that `experiments.profiles` puts together."""


def experiment_names() -> tuple[str, ...]:
    """Return the experiments, each named after its module in `experiments.kinds`."""
    return tuple(info.name.replace("_", "-") for info in pkgutil.iter_modules(kinds.__path__))


def profile_names() -> tuple[str, ...]:
    """Return the profiles, and the experiments that have none of their name: each is a profile by itself."""
    return tuple(dict.fromkeys((*COMBINED, *experiment_names())))
