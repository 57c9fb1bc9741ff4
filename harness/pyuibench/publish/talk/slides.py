"""What each slide says and what its speaker is told, from a run's figures: pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyuibench.entries.claims import Claim
from pyuibench.figures import ends, problems, scaling, waits
from pyuibench.figures.answers import CHATS, MODEL_PLACE, MODELS, PLACE, REAL, answers
from pyuibench.figures.base import Figure
from pyuibench.figures.format import estimated, share
from pyuibench.figures.samples import VariantInfo
from pyuibench.figures.view import RunView, variants_of
from pyuibench.publish.rows import Cell
from pyuibench.publish.talk import distances
from pyuibench.publish.talk.charted import Chart, ends_of
from pyuibench.publish.verdicts import REFUTED, Verdict, verdicts
from pyuibench.results.machines import in_words

MOST_SURPRISES = 6


@dataclass(frozen=True)
class Slide:
    """One slide: its lines, the name of its picture (empty for none), a drawing of the template's, and the speaker's notes."""

    title: str
    lines: tuple[str, ...] = ()
    picture: str = ""
    drawing: str = ""
    notes: str = ""


def slides(
    views: Sequence[RunView],
    charts: Sequence[Chart],
    claims: Mapping[str, tuple[Claim, ...]],
    app_picture: str,
) -> tuple[Slide, ...]:
    """Return the deck: the question, models, app, method, results, what surprised, caveats, and how to do it oneself."""
    return (
        _title(views[0]),
        Slide(
            "Two models",
            drawing="models",
            notes="Rerun: the script runs from top to bottom at every event, and what came out differently is sent. "
            "Callback: an event calls what was registered for it, and only what that returns is sent. Reactive and component "
            "frameworks find out by themselves what depends on what.",
        ),
        Slide(
            "The question is an old one: define-by-run or a static graph",
            (
                "Define-by-run: the program runs again, and what it does is the graph. Rerun: the script runs again, and what it "
                "draws is the page.",
                "Static graph: it is declared once, and new values flow through it. Callback: what follows from what is "
                "declared once, and events flow through it.",
                "The first is read from top to bottom. The second knows beforehand what need not be computed.",
            ),
            notes="Who has used PyTorch and the first TensorFlow has met both. There a step does much work, so what it costs to "
            "build the graph again is small beside it. On a page most events change little, so the question is what the rest "
            "costs. The comparison ends there: a page's graph is small, and its last edge is a message to a browser.",
        ),
        Slide(
            "The same app in every framework",
            ("A counter, a form, filters, numbers, a chart, a table, a streamed answer, a job, an upload.",),
            picture=app_picture,
            notes="Every app was written after its framework's own documentation, imports the same data and computations, and is "
            "proven to show the same values, in a browser and on the wire.",
        ),
        _method(views),
        _answer(views),
        *_certainty(views),
        *(slide for chart in charts for slide in _of_chart(chart, views)),
        *_places(views),
        *_models(views),
        *_surprises(views, claims),
        _caveats(views),
        Slide(
            "Do it yourself",
            (f'make bench APPS="{_compared(views[0])}"', "make site", "make talk"),
            notes="Everything is set up by make. Add a framework: a directory, nothing central is edited.",
        ),
    )


def _title(view: RunView) -> Slide:
    names = dict.fromkeys(variant.title for variant in view.variants if not variant.is_baseline)
    return Slide(
        "Rerun or callback?",
        ("What an execution model costs, and what is the framework's own doing", ", ".join(names)),
        notes="Who has waited for a page that runs all of its script because one box was ticked?",
    )


def _compared(view: RunView) -> str:
    """Return the names of the run's first two entries."""
    return " ".join(list(dict.fromkeys(it.entry for it in view.variants if not it.is_baseline))[:2])


def _method(views: Sequence[RunView]) -> Slide:
    main = views[0]
    meta = main.run.meta
    rows = main.run.interactions
    boots = rows["boot"].nunique()
    return Slide(
        "How it was measured",
        (
            ends.about(main),
            f"{len(rows):,} interactions of {boots:,} boots of servers, in an order by chance; each boot counts once.",
            "Hand-written Starlette and JavaScript is the baseline; ratios are to it, within a block.",
            waits.about(main),
            f"{sum(it.passed for it in main.audits)} of {len(main.audits)} audits passed; known delays are put in and found.",
            f"On {in_words(meta)}, {meta.get('created', '')[:10]}.",
        ),
        notes=_noise(main),
    )


def _noise(view: RunView) -> str:
    noise = problems.noise(view)
    if noise is None:
        return "The baseline was not measured twice in this run, so its noise is not known."
    return (
        f"Noise: the same app under two names; its ratio to itself is known to ±{noise.median_half_width:.0%}, and "
        f"{noise.held} of {noise.counted} of these intervals include 1."
    )


def _answer(views: Sequence[RunView]) -> Slide:
    # As the short answers do it: of the first run that tells, with two sizes of the page or more.
    taxed = next((view for view in views if scaling.computed_again(view)), views[0])
    shares = scaling.computed_again(taxed)
    return Slide(
        "What is computed again",
        tuple(f"{model}: {share(its)}" for model, its in shares.items()) or ("Not measured in these runs.",),
        notes="The share of what a change leaves untouched that is computed again, counted by the ledger of the apps' own code, "
        f"in run {taxed.run.directory.name}. This is the model; what follows is what it takes in milliseconds.",
    )


def _certainty(views: Sequence[RunView]) -> Iterator[Slide]:
    """Yield a slide that says whether the models differ beyond noise, where a run can tell."""
    for it in answers(views):
        if it.id == REAL.id:
            yield Slide(
                it.question,
                it.sentences,
                notes=f"From run {it.run}. Each boot of a server counts once, and frameworks are compared within blocks of boots "
                "that ran one after the other, so a slow hour of the machine slows both sides.",
            )


def _of_chart(chart: Chart, views: Sequence[RunView]) -> Iterator[Slide]:
    """Yield a chart's slide, after those in which it is built up."""
    for step in chart.steps:
        notes = f"{chart.about} Only {step.said} for now. Ask the hall where the others will stand, then go on."
        yield Slide(f"{chart.subject}: {step.said}", picture=f"figures/{step.name}.svg", notes=notes)
    best, worst, ordered = ends_of(chart.row, variants_of(views))
    notes = (
        f"{chart.about} Best here: {_said(*best)}. At the other end: {_said(*worst)}. {_beside(chart, best[0], worst[0])}"
        "Intervals that overlap don't tell two frameworks apart. "
        f"Run {chart.row.run}: {chart.row.about or chart.row.label}."
        + "".join(f" {variant.title} {variant.name}: {note}" for variant, cell in ordered for note in cell.notes)
    )
    yield Slide(chart.title, picture=f"figures/{chart.name}.svg", notes=notes)


def _places(views: Sequence[RunView]) -> Iterator[Slide]:
    """Yield a slide of the apps in the browser and on a server, where a run has both at some distances."""
    for it in answers(views):
        if it.id == PLACE.id:
            yield Slide(
                it.question,
                picture=f"figures/{distances.NAME}.svg",
                notes=f"{' '.join(it.sentences)} Where a full line is below the dashed one of the same colour, the browser is "
                f"sooner. Run {it.run}.",
            )


def _models(views: Sequence[RunView]) -> Iterator[Slide]:
    """Yield a slide for each question about chats and language models that a run answers."""
    for it in answers(views):
        if it.id in (CHATS.id, MODELS.id, MODEL_PLACE.id):
            yield Slide(
                it.question,
                it.sentences,
                notes=f"From run {it.run}: one core for the server, and for chats no model, so that what is late is the "
                "framework's doing. Who serves from more cores or a graphics card should measure there.",
            )


def _beside(chart: Chart, *variants: VariantInfo) -> str:
    """Return what some variants' figures are that are drawn beside the chart's."""
    told = [
        f"{row.kind}: {', '.join(_said(it, row.cells[it.id]) for it in variants if row.cells[it.id].value is not None)}. "
        for row in chart.beside
    ]
    return "".join(told)


def _said(variant: VariantInfo, cell: Cell) -> str:
    waits = f" ({cell.waits})" if cell.waits else ""
    return f"{variant.title} {variant.name}, {cell.text} {cell.interval}".strip() + waits


def _surprises(views: Sequence[RunView], claims: Mapping[str, tuple[Claim, ...]]) -> Iterator[Slide]:
    """Yield a slide of what is said in public and was refuted."""
    found: dict[str, Verdict] = {}
    for view in views:
        for verdict in verdicts(view, claims):
            if verdict.verdict == REFUTED and isinstance(verdict.figure, Figure):
                found.setdefault(verdict.claim.text, verdict)
    if found:
        lines = tuple(f"“{text}”: {_figure(verdict)}" for text, verdict in list(found.items())[:MOST_SURPRISES])
        yield Slide(
            "What is said, and isn't so here",
            lines,
            notes="Claims made in public, each with a limit set before the runs were looked at. Refuted: the figure's whole "
            "interval is on the other side of it, in this app, on this machine.",
        )


def _figure(verdict: Verdict) -> str:
    assert isinstance(verdict.figure, Figure)
    return f"{estimated(verdict.figure)}, limit {verdict.limit}"


def _caveats(views: Sequence[RunView]) -> Slide:
    failed = [f"{view.run.directory.name}: {audit.name}" for view in views for audit in view.audits if not audit.passed]
    return Slide(
        "What these numbers don't say",
        (
            "One machine, loopback, one Chromium: compare ratios, not milliseconds.",
            "One app: yours may do less of what a framework is slow at.",
            f"Audits that failed: {', '.join(failed) or 'none'}.",
            "No overall score. What matters is yours to say.",
        ),
        notes=_noise(views[0]),
    )
