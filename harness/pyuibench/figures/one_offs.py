"""What a session does once: many steps of a slider, a streamed answer, a job, clicks beside a job, an upload; in the browser."""

from functools import partial

from pyuibench.contract.scenarios import STEP_INTERVAL_MS, STEPS, TASKS
from pyuibench.figures.base import Better, Figure, FigureSpec, Missing, Section, TableSpec
from pyuibench.figures.samples import DUE_MS, Case, VariantInfo
from pyuibench.figures.view import RunView, case_median
from pyuibench.figures.waits import about, in_the_page
from workload.tasks import ANSWER_TOKENS, CRUNCH_STEPS, TOKEN_INTERVAL_S

SECTION = Section("tasks", "Tasks", 50)
SECTIONS = (SECTION,)
DRAG, KEYS = Case("app", "drag", "min_units"), Case("app", "keys", "min_units")
STREAM, JOB = Case("app", "stream", "ask"), Case("app", "job", "crunch")
BUSY, NEIGHBOUR = Case("app", "busy", "increment"), Case("app", "neighbour", "increment")
UPLOAD = Case("app", "upload", "upload")
FROM_THE_GESTURE = ("right_ms", "beyond_ms", "first_update_ms")
"""The columns that count from the gesture on, so what is waited by design is in them."""


def _spec(
    name: str, case: Case, column: str, label: str, about: str, unit: str = "ms", better: Better = "lower"
) -> FigureSpec:
    return FigureSpec(
        f"tasks.{name}",
        SECTION.id,
        label,
        unit,
        partial(_task, case=case, column=column, unit=unit),
        about,
        better=better,
        is_in=_has_tasks,
        options=f"--scenario {case.scenario} --instrument browser",
    )


def _task(view: RunView, variant: VariantInfo, case: Case, column: str, unit: str) -> Figure | Missing:
    if case not in view.samples.cases:
        return Missing("not measured in this run")
    why, note = partial(view.samples.reason, variant, case, "browser"), variant.caveats.get(case.scenario, "")
    figure = case_median(view, variant, case, "browser", column, why, unit=unit, note=note)
    return in_the_page(figure, view, variant, case) if column in FROM_THE_GESTURE else figure


def _has_tasks(view: RunView) -> bool:
    return any(case.scenario in TASKS for case in view.samples.cases)


_TOKEN_MS = f"{1e3 * TOKEN_INTERVAL_S:g} ms"
_STEPS_S = f"{STEPS * STEP_INTERVAL_MS / 1e3:g} s"
_SKIPPED = f"of {STEPS}; fewer means that steps were skipped"
FIGURES = (
    _spec(
        "drag.stale_after",
        DRAG,
        "right_ms",
        "drag: stale after",
        f"a slider's handle dragged by {STEPS} steps in {_STEPS_S}: from the last move until all is right",
    ),
    _spec("drag.states", DRAG, "updates", "drag: states shown", _SKIPPED, "count", "higher"),
    _spec(
        "keys.stale_after",
        KEYS,
        "right_ms",
        f"{STEPS} key presses: stale after",
        f"an arrow key pressed {STEPS} times in {_STEPS_S}: from the last press until all is right",
    ),
    _spec("keys.states", KEYS, "updates", f"{STEPS} key presses: states shown", _SKIPPED, "count", "higher"),
    _spec(
        "answer.first_token",
        STREAM,
        "first_update_ms",
        "answer: first token",
        f"from the click; the first of {ANSWER_TOKENS} tokens is made after {_TOKEN_MS}",
    ),
    _spec(
        "answer.end",
        STREAM,
        "beyond_ms",
        "answer: end",
        f"beyond the {DUE_MS['stream'] / 1e3:g} s in which its tokens are made",
    ),
    _spec("answer.states", STREAM, "updates", "answer: states shown", f"of {ANSWER_TOKENS}", "count", "higher"),
    _spec(
        "answer.longest_gap",
        STREAM,
        "longest_gap_ms",
        "answer: longest gap",
        f"between two states shown; {_TOKEN_MS} between tokens",
    ),
    _spec("job.end", JOB, "beyond_ms", "job: end", f"beyond the {DUE_MS['job'] / 1e3:g} s that its steps take"),
    _spec("job.states", JOB, "updates", "job: states shown", f"of {CRUNCH_STEPS} steps", "count", "higher"),
    _spec(
        "busy.click",
        BUSY,
        "right_ms",
        "click beside own job",
        "a click on increment while the session's own job runs",
    ),
    _spec(
        "neighbour.click",
        NEIGHBOUR,
        "right_ms",
        "click beside another's job",
        "a click while another session's job runs",
    ),
    _spec(
        "upload",
        UPLOAD,
        "right_ms",
        "upload",
        "a CSV file, from its arrival in the page until its sum is shown",
    ),
)
TABLES = (
    TableSpec(
        "tasks.all",
        SECTION.id,
        "Sliders, answers, jobs and uploads",
        tuple(figure.id for figure in FIGURES),
        lambda view: f"Browser, medians over boots. What is done once in a session rests on few samples. {about(view)}",
    ),
)
