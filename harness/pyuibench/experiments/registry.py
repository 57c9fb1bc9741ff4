"""Every experiment there is, by its name: what the modules of `experiments.kinds` define."""

import importlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pyuibench.errors import UserError
from pyuibench.experiments import kinds
from pyuibench.experiments.base import Experiment
from pyuibench.experiments.names import experiment_names


def _found() -> dict[str, type[Experiment]]:
    found: dict[str, type[Experiment]] = {}
    for name in experiment_names():
        module = importlib.import_module(f"{kinds.__name__}.{name.replace('-', '_')}")
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Experiment) and each.__module__ == module.__name__:
                if each.name != name:
                    raise ValueError(f"the experiment of {module.__name__} is named {each.name}, not {name}")
                found[name] = each
    return found


EXPERIMENTS: Mapping[str, type[Experiment]] = _found()


def experiment_from(settings: Mapping[str, Any]) -> Experiment:
    """Return the experiment that `run.json` holds. Raises UserError for one that isn't known, or a setting that isn't."""
    named = {name: _frozen(value) for name, value in settings.items()}
    try:
        return EXPERIMENTS[named.pop("name")](**named)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"The experiment {settings.get('name')!r} of the run isn't one of this version ({error})."
        ) from error


def as_json(experiment: Experiment) -> dict[str, Any]:
    """Return an experiment with its settings, as `run.json` holds it."""
    return {"name": experiment.name, **asdict(experiment)}


def _frozen(value: Any) -> Any:
    """Return what JSON has made of nested tuples as it was."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
