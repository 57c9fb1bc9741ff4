"""The pages, controls, outputs and scenarios of the contract: what is done, and what must change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Value: TypeAlias = str | int
Texts: TypeAlias = Mapping[str, str]
Kind: TypeAlias = Literal["button", "text", "select", "slider", "radio", "file"]
PageName: TypeAlias = Literal["app", "grid"]
PAGES: tuple[PageName, ...] = ("app", "grid")
CONTROLS: Mapping[str, Kind] = {
    "increment": "button",
    "name": "text",
    "category": "select",
    "min_units": "slider",
    "granularity": "radio",
    "ask": "button",
    "crunch": "button",
    "upload": "file",
}
KPIS = ("orders", "revenue", "average_price", "top_product")
FIRST_OUTPUTS = ("count", "greeting", *KPIS, "chart", "table", "rows")
# Those of the answer, the job and the upload show nothing until their control was used.
OUTPUTS = (*FIRST_OUTPUTS, "answer", "progress", "crunched", "uploaded")
FILTERED = (*KPIS, "chart", "table", "rows")
# The workload function without which an output cannot have been computed: an output that is right before the server
# called it was guessed by the page.
COMPUTED_BY: Mapping[str, str] = {
    "count": "count_text",
    "greeting": "greeting_text",
    **dict.fromkeys(KPIS, "kpis"),
    "chart": "revenue_figure",
    "table": "table_caption",
    "rows": "top_orders",
    "answer": "answer_token",
    "progress": "crunch",
    "crunched": "crunched_text",
    "uploaded": "upload_summary",
    "cell": "cell_value",
}
# Which output's states on the way to the right one are kept.
WATCHED: Mapping[str, str] = {"drag": "orders", "keys": "orders", "stream": "answer", "job": "progress"}
# Of a slider, one after the other in a second.
STEPS = 30
STEP_INTERVAL_MS = 1000 / 30


@dataclass(frozen=True)
class Scenario:
    """What is done, what must change, and why it is measured."""

    name: str
    page: PageName
    controls: tuple[str, ...]
    changes: Mapping[str, tuple[str, ...]]
    why: str
    in_rounds: bool = False
    """Whether a session does it again and again, one action of each control a round."""
    steps: int = 1
    """How many steps a slider is taken, STEP_INTERVAL_MS apart."""
    by_key: bool = False
    """Whether the control is operated by the keyboard alone."""


SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("load", "app", (), {"": FIRST_OUTPUTS}, "time to the first correct state"),
        Scenario(
            "unrelated",
            "app",
            ("increment", "name"),
            {"increment": ("count",), "name": ("greeting",)},
            "what an update costs that needs none of the data",
            in_rounds=True,
        ),
        Scenario("local", "app", ("granularity",), {"granularity": ("chart",)}, "a part of the page", in_rounds=True),
        Scenario(
            "global",
            "app",
            ("min_units", "category"),
            {"min_units": FILTERED, "category": FILTERED},
            "the control: here the models should nearly agree",
            in_rounds=True,
        ),
        Scenario(
            "drag",
            "app",
            ("min_units",),
            {"min_units": FILTERED},
            "a handle dragged by 30 steps in a second: staleness, dropped work",
            steps=STEPS,
        ),
        Scenario(
            "keys",
            "app",
            ("min_units",),
            {"min_units": FILTERED},
            "30 key presses in a second: staleness, dropped work",
            steps=STEPS,
            by_key=True,
        ),
        Scenario("stream", "app", ("ask",), {"ask": ("answer",)}, "server push: first token, pace"),
        Scenario("job", "app", ("crunch",), {"crunch": ("progress", "crunched")}, "blocking work, with progress"),
        Scenario("busy", "app", ("increment",), {"increment": ("count",)}, "is the page usable while its own job runs"),
        Scenario(
            "neighbour", "app", ("increment",), {"increment": ("count",)}, "does another session's job hold this one up"
        ),
        Scenario("upload", "app", ("upload",), {"upload": ("uploaded",)}, "bytes in: a CSV file of 5 MB"),
        Scenario("grid", "grid", ("cell",), {"cell": ("cell",)}, "the slope of latency against untouched work"),
    )
}
# What a session does again and again.
ROUNDS = tuple(name for name, scenario in SCENARIOS.items() if scenario.in_rounds)
# The 95th percentile of response times that each scenario may have, where nothing else is asked for.
P95_MS = (("unrelated", 200.0), ("global", 1000.0))
# What a session does once, after its rounds.
TASKS = tuple(
    name
    for name, scenario in SCENARIOS.items()
    if scenario.page == "app" and scenario.controls and not scenario.in_rounds
)
# What is many steps in a row: how many of them are sent is decided by the page.
MANY_STEPS = tuple(name for name, scenario in SCENARIOS.items() if scenario.steps > 1)
BY_KEY = frozenset(name for name, scenario in SCENARIOS.items() if scenario.by_key)


def controls_of(scenarios: Iterable[str]) -> set[str]:
    """Return the controls that the scenarios use, `cell` for every cell."""
    return {control for name in _with_job(scenarios) for control in SCENARIOS[name].controls}


def outputs_of(scenarios: Iterable[str]) -> set[str]:
    """Return the outputs that the scenarios look at, `cell` for every cell."""
    return {
        output for name in _with_job(scenarios) for outputs in SCENARIOS[name].changes.values() for output in outputs
    }


def _with_job(scenarios: Iterable[str]) -> set[str]:
    """Return the scenarios, and the job where something is done beside one."""
    names = set(scenarios)
    return names | {"job"} if names & {"busy", "neighbour"} else names


def normalised(text: str) -> str:
    """Return a text as outputs are compared: without white space, which frameworks lay out as they like."""
    return "".join(text.split())
