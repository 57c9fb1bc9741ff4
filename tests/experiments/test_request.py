"""Runs from request to report: everything is measured once, what fails is told, and what was cut off can be gone on with."""

import json
import math
import shutil
from dataclasses import replace

import pytest

from pyuibench.contract.scenarios import FIRST_OUTPUTS
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.errors import UserError
from pyuibench.experiments import request as bench
from pyuibench.experiments import running
from pyuibench.experiments.kinds.crowd import Crowd
from pyuibench.experiments.kinds.far import Far
from pyuibench.experiments.kinds.known_delays import KnownDelays
from pyuibench.experiments.kinds.one_offs import OneOffs
from pyuibench.experiments.kinds.rounds import Rounds
from pyuibench.experiments.kinds.scaling import Scaling
from pyuibench.experiments.kinds.survival import Survival
from pyuibench.experiments.manifest import Request
from pyuibench.experiments.plan import make_plan
from pyuibench.experiments.profiles import Profile
from pyuibench.experiments.request import Progress
from pyuibench.experiments.request import new_run as new
from pyuibench.experiments.request import resume_run as resume
from pyuibench.experiments.selection import Selection, selection
from pyuibench.instruments import resilience
from pyuibench.instruments.shared.one_offs import MOST_CLICKS
from pyuibench.project import APPS, ROOT
from pyuibench.publish.report.build import build
from pyuibench.results.store import load, read_samples
from pyuibench.serving import builds, environment
from pyuibench.serving.server import Server

BASELINE = find_entries([APPS])["baseline"]
CRASHING = load_entry(ROOT / "tests" / "broken" / "crash-at-boot")
RTT_MS = 5.0
BESIDE_JOBS = ("busy", "neighbour")
TINY = Profile(
    "tiny",
    1,
    (
        Rounds(rounds=1),
        OneOffs(),
        Far(rtts_ms=(RTT_MS,)),
        Crowd(sessions=2, actions=2, interval_ms=100.0),
        Survival(),
        Scaling(cells=(3,), actions=2, costs=((0.1, "cpu"),)),
        KnownDelays(delays=((190.0, "sleep"),), actions=2),
    ),
)
ONE_BOOT = Profile("one", 1, (Rounds(rounds=1),))
TWO_BOOTS = Profile("two", 1, (Rounds(rounds=1), Scaling(cells=(3,))))
QUIET = Progress(preparing=lambda entry: None, start=lambda plan: None, done=lambda cell, failures: None)
# What takes the least time of all that needs a server.
CHEAP = Selection(instruments=("code", "environment", "resources", "server"))


def new_run(asked, directory, progress):
    return new(asked, directory, progress, lambda run: None)


def resume_run(directory, entries, progress):
    return resume(directory, entries, progress, lambda run: None)


def request(*variants, chosen=CHEAP, profile=TINY, seed=5):
    return Request(profile, chosen, variants, seed)


def baseline_in(directory):
    """Return a copy of the baseline that may be changed; it has the baseline's lock, and so the same environment."""
    shutil.copytree(BASELINE.directory, directory / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
    return load_entry(directory / "baseline")


def without_clicks_beside_jobs(rows):
    return rows[~rows["scenario"].isin(BESIDE_JOBS)]


def contents(directory):
    return {file: file.read_bytes() for file in directory.rglob("*") if file.is_file()}


# --- a whole run ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def run(tmp_path_factory, told):
    """Return a run of a sound variant and of one whose server ends while it starts, with every instrument."""
    progress = Progress(
        preparing=lambda entry: told.append(("preparing", entry)),
        start=lambda plan: told.append(("start", [boot.origin.boot for boot in plan])),
        done=lambda boot, failures: told.append(("done", boot.origin.boot, [it.step for it in failures])),
    )
    asked = request(BASELINE.variant("websocket"), CRASHING.variant("websocket"), chosen=Selection())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resilience, "PATIENCE_S", 2.0)
        return load(new_run(asked, tmp_path_factory.mktemp("whole") / "run", progress))


SOUND = ["00-baseline-websocket-app", "00-baseline-websocket-grid3"]
DELAYS = "00-baseline-websocket-known-delays"
SURVIVAL = "00-baseline-websocket-survival"
CRASHED = ["00-crash-at-boot-websocket-app", "00-crash-at-boot-websocket-survival"]
FAILED = {CRASHED[0]: ["boot"], CRASHED[1]: ["resilience: cut, reload and restart"]}


@pytest.mark.servers
@pytest.mark.browser
class TestWholeRun:
    def test_nothing_failed_but_what_crashes(self, run):
        assert sorted(run.failures["boot"]) == CRASHED
        for failure in run.failures.itertuples():
            assert (failure.entry, failure.variant) == ("crash-at-boot", "websocket")
            assert failure.reason.startswith("it ended while starting; its last words: ")
            assert failure.reason.endswith("RuntimeError: no database")
        assert sorted(zip(run.failures["experiment"], run.failures["scope"], strict=True)) == [
            ("rounds", "boot"),
            ("survival", "step"),
        ]

    def test_crash_leaves_no_figures_of_a_server(self, run):
        of_server = run.measurements[run.measurements["instrument"] != "speed"]
        assert not {*CRASHED} & {*run.interactions["boot"], *of_server["boot"]}

    def test_every_gesture_was_right(self, run):
        assert run.interactions["reason"].isna().all()
        assert run.interactions["ok"].all()
        assert (run.interactions["right_ms"] > 0).all()

    @pytest.mark.parametrize(
        ("page", "instrument", "sessions", "counted", "warmup"),
        [
            # A cold and a warm load, a round of the five controls, and what comes once, but for the clicks beside jobs; before
            # that, a round that doesn't count.
            ("app", "browser", 1, 2 + 5 + 5, 5 + 5),
            # How many steps of many are sent is the page's own.
            ("app", "wire", 1, 5 + 3, 5 + 5),
            ("app", "wire", 2, 2 * 2, 0),
            ("grid", "browser", 1, 1 + 2, 1),  # a cold load only
            ("grid", "wire", 1, 2, 1),
        ],
    )
    def test_gestures_of_each_step(self, run, page, instrument, sessions, counted, warmup):
        rows = without_clicks_beside_jobs(run.near)
        rows = rows[(rows["page"] == page) & (rows["instrument"] == instrument) & (rows["sessions"] == sessions)]
        assert (rows["warmup"] == False).sum() == counted  # noqa: E712
        assert rows["warmup"].sum() == warmup
        assert set(rows["entry"]) == {"baseline"}

    @pytest.mark.parametrize("instrument", ["browser", "wire"])
    @pytest.mark.parametrize("scenario", BESIDE_JOBS)
    def test_clicks_beside_a_job(self, run, instrument, scenario):
        rows = run.near[(run.near["instrument"] == instrument) & (run.near["scenario"] == scenario)]
        # A job takes 2 s, on a busy machine as well: how often one can click meanwhile is the machine's affair.
        assert 1 <= len(rows) <= MOST_CLICKS
        assert set(rows["control"]) == {"increment"}

    def test_scenarios(self, run):
        near = without_clicks_beside_jobs(run.near)
        rows = near[(near["instrument"] == "browser") & ~near["warmup"]]
        assert sorted(zip(rows["scenario"], rows["control"], strict=True)) == [
            ("drag", "min_units"),
            ("global", "category"),
            ("global", "min_units"),
            ("grid", "cell"),
            ("grid", "cell"),
            ("job", "crunch"),
            ("keys", "min_units"),
            ("load", "cold"),
            ("load", "cold"),
            ("load", "warm"),
            ("local", "granularity"),
            ("stream", "ask"),
            ("unrelated", "increment"),
            ("unrelated", "name"),
            ("upload", "upload"),
        ]

    def test_rounds_through_the_relay(self, run):
        rows = run.interactions[run.interactions["rtt_ms"] == RTT_MS]
        assert set(rows["page"]) == {"app"}
        assert sorted(rows[~rows["warmup"]]["control"]) == [
            *("category", "cold", "granularity", "increment", "min_units", "name"),
        ]
        assert (rows[rows["scenario"] != "load"]["right_ms"] > RTT_MS).all()

    @pytest.mark.parametrize(("instrument", "time"), [("browser", "right_ms"), ("wire", "service_ms")])
    def test_known_delays_are_stored_with_what_the_changed_cell_costs(self, run, instrument, time):
        rows = run.interactions[(run.interactions["experiment"] == "known-delays") & ~run.interactions["warmup"]]
        rows = rows[(rows["instrument"] == instrument) & (rows["scenario"] == "grid")]
        assert sorted(rows["grid_cost_ms"]) == [10.0, 10.0, 200.0, 200.0]
        assert set(rows["grid_cost_kind"]) == {"sleep"}
        # The longer cell is on the page meanwhile, and adds nothing to a change of the other.
        assert (rows[time] >= rows["grid_cost_ms"]).all()
        assert (rows["user_code_ms"].between(rows["grid_cost_ms"], rows["grid_cost_ms"] + 150)).all()

    def test_what_survives(self, run):
        rows = run.measurements[run.measurements["instrument"] == "resilience"]
        kept = dict(zip(rows["metric"], rows["outcome"], strict=True))
        assert kept == {"cut_ms": "dead", "reload_ms": "lost", "restart_ms": "dead"}
        assert rows["value"].notna().tolist() == [False, True, False]

    def test_every_output_has_its_time(self, run):
        rows = run.near[(run.near["control"] == "cold") & (run.near["page"] == "app")]
        (times,) = rows["output_ms"]
        assert set(times) == set(FIRST_OUTPUTS)
        for row in run.interactions.itertuples():
            assert max(row.output_ms.values()) == row.right_ms

    def test_user_code_ran_for_every_gesture(self, run):
        alone = run.near[(run.near["sessions"] == 1) & (run.near["scenario"] != "load")]
        assert len(without_clicks_beside_jobs(alone)) == 2 * (5 + 5) + 2 * 5 + 5 + 3 + 2 * (1 + 2)
        assert (alone["user_code_calls"] >= 1).all()

    def test_every_gesture_of_a_session_alone_took_cpu_time(self, run):
        alone = run.interactions[run.interactions["sessions"] == 1]
        browser, wire = (alone[alone["instrument"] == name] for name in ("browser", "wire"))
        assert (
            alone.loc[
                ~(alone["server_tree_cpu_ms"] > 0),
                ["entry", "variant", "experiment", "instrument", "scenario", "control", "ok"],
            ].to_dict("records")
            == []
        )
        assert (browser["renderer_cpu_ms"] > 0).all()
        assert (browser["main_thread_cpu_ms"] > 0).all()
        assert wire["renderer_cpu_ms"].isna().all()
        # The app's own functions are part of what the server takes.
        assert (alone["server_tree_cpu_ms"] >= alone["user_code_cpu_ms"].fillna(0)).all()

    @pytest.mark.parametrize(
        ("instrument", "metrics"),
        [
            ("server", {"boot_ready_ms", "leftover_processes"}),
            ("machine", {"others_cpu_share", "others_steal_share"}),
            ("speed", {"fixed_work_ms"}),
            ("resources", {"idle_pss_bytes", "idle_uss_bytes", "threads", "handles", "processes"}),
            (
                "browser",
                {
                    "js_heap_bytes",
                    "page_pss_bytes",
                    "outside_requests",
                    "page_bytes_down",
                    "page_requests",
                    "action_bytes_up",
                    "action_bytes_down",
                },
            ),
            (
                "wire",
                {
                    "first_session_ms",
                    "session_ms",
                    "loaded_pss_bytes",
                    "server_cpu_ms",
                    "server_cpu_share",
                    "generator_cpu_share",
                    "hold_s",
                    "waiting_sessions",
                },
            ),
        ],
    )
    def test_figures_of_each_step(self, run, instrument, metrics):
        rows = run.measurements[run.measurements["instrument"] == instrument]
        for boot in SOUND:
            assert set(rows[rows["boot"] == boot]["metric"]) == metrics
        assert rows["value"].notna().all()

    def test_the_machines_speed_is_read_before_and_after_each_boot_whatever_comes_of_it(self, run):
        rows = run.measurements[run.measurements["metric"] == "fixed_work_ms"]
        assert (rows["value"] > 0).all()
        assert dict(rows.groupby("boot").size()) == dict.fromkeys((*SOUND, DELAYS, SURVIVAL, *CRASHED), 2)

    def test_figures_without_a_server(self, run):
        rows = run.measurements[run.measurements["boot"] == "static"]
        assert (rows["block"] == -1).all()
        assert set(rows[rows["instrument"] == "environment"]["metric"]) == {
            "install_s",
            "environment_bytes",
            "environment_packages",
        }
        code = rows[(rows["instrument"] == "code") & (rows["metric"] == "logical_lines")]
        assert sorted(zip(code["entry"], code["page"], strict=True)) == [
            ("baseline", "app"),
            ("baseline", "grid"),
            ("crash-at-boot", "app"),
        ]
        assert (code["value"] > 0).all()

    def test_nothing_was_left_running_and_nobody_else_asked(self, run):
        rows = run.measurements[run.measurements["metric"].isin(["leftover_processes", "outside_requests"])]
        assert list(rows["value"]) == [0] * 7

    def test_each_wire_process_writes_a_file_of_its_own(self, run):
        files = sorted((run.directory / "samples" / SOUND[0]).glob("*.jsonl"))
        rows = [[json.loads(line) for line in file.read_text().splitlines()] for file in files]
        taken = [{row["experiment"] for row in own if row["instrument"] == "wire"} for own in rows]
        assert sorted(map(sorted, taken)) == [[], ["crowd"], ["one-offs"], ["rounds"]]
        (crowd,) = (own for own, by in zip(rows, taken, strict=True) if by == {"crowd"})
        numbers = [(row["session"], row["sequence"]) for row in crowd if row["table"] == "interactions"]
        assert sorted(numbers) == [(0, 0), (0, 1), (1, 0), (1, 1)]

    def test_nothing_but_samples_is_kept_of_a_boot(self, run):
        for boot in SOUND:
            kept = {file.suffix for file in (run.directory / "samples" / boot).iterdir()}
            assert kept == {".jsonl", ""}
            assert (run.directory / "logs" / f"{boot}.log").is_file()

    def test_run_says_what_it_was_made_with(self, run):
        meta = run.meta
        assert meta["variants"] == ["baseline/websocket", "crash-at-boot/websocket"]
        assert (meta["profile"], meta["seed"], meta["run_id"]) == ("tiny", 5, "run")
        assert meta["finished"] >= meta["created"]
        assert sorted(boot["boot"] for boot in meta["plan"]) == sorted([*SOUND, DELAYS, SURVIVAL, *CRASHED])
        baseline = meta["entries"]["baseline"]
        assert baseline["version"] == BASELINE.locked_version() == baseline["versions"]["starlette"]
        assert baseline["source_hash"] == BASELINE.source_hash()

    def test_progress_was_told(self, run, told):
        assert told[:2] == [("preparing", "baseline"), ("preparing", "crash-at-boot")]
        plan = [boot["boot"] for boot in run.meta["plan"]]
        assert told[2] == ("start", plan)
        assert told[3:] == [("done", boot, FAILED.get(boot, [])) for boot in plan]

    def test_report_builds(self, run):
        html = build(run).read_text()
        assert "RuntimeError: no database" in html
        assert (run.directory / "report.md").stat().st_size > 0


# --- cut off and gone on with --------------------------------------------------------------------------------------


@pytest.fixture
def booted(monkeypatch):
    """Return the boots whose servers are started from now on."""
    boots = []

    class Noting(Server):
        def __init__(self, variant, built, page, log, **more):
            boots.append(log.stem)
            super().__init__(variant, built, page, log, **more)

    monkeypatch.setattr(running, "Server", Noting)
    return boots


class Cut(BaseException):
    """Stands for a kill: nothing catches it."""


def cut_after_first(cell, failures):
    raise Cut


@pytest.mark.servers
@pytest.mark.browser
def test_a_run_whose_time_is_over_has_the_blocks_that_there_was_time_for(tmp_path):
    asked = request(BASELINE.variant("http"), profile=replace(ONE_BOOT, blocks=3))
    run = load(new_run(replace(asked, within_s=0.001), tmp_path / "run", QUIET))
    assert [boot["boot"] for boot in run.meta["plan"]] == ["00-baseline-http-app"]
    assert run.meta["within_s"] == 0.001
    # Going on with it measures nothing more.
    again = load(resume_run(tmp_path / "run", {"baseline": BASELINE}, QUIET))
    assert len(again.measurements) == len(run.measurements)


@pytest.mark.servers
@pytest.mark.browser
def test_run_that_was_cut_off_goes_on_where_it_was(tmp_path, booted):
    run = tmp_path / "run"
    with pytest.raises(Cut):
        new_run(request(BASELINE.variant("websocket"), profile=TWO_BOOTS), run, replace(QUIET, done=cut_after_first))
    plan = [boot["boot"] for boot in json.loads((run / "run.json").read_text())["plan"]]
    assert booted == plan[:1]
    done = contents(run / "samples")
    assert (run / "samples" / plan[0] / "end") in done
    # A second boot that was cut off in the middle.
    (run / "samples" / plan[1]).mkdir()
    (run / "samples" / plan[1] / "harness.jsonl").write_text('{"table": "measure')

    told = []
    progress = replace(QUIET, done=lambda cell, failures: told.append((cell.origin.boot, failures)))
    assert resume_run(run, {"baseline": BASELINE}, progress) == run
    assert booted == plan
    assert told == [(boot, []) for boot in plan]
    assert {file: content for file, content in contents(run / "samples").items() if file in done} == done
    whole = load(run)
    assert whole.meta["finished"] is not None
    assert sorted(whole.measurements[whole.measurements["metric"] == "boot_ready_ms"]["boot"]) == sorted(plan)
    assert whole.failures.empty
    assert (run / "samples" / f"{plan[1]}.cut-off-1" / "harness.jsonl").is_file()

    # Once more changes nothing that was measured.
    resume_run(run, {"baseline": BASELINE}, QUIET)
    assert booted == plan
    assert load(run).measurements.equals(whole.measurements)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """Return the directory of a run of a copied baseline that was cut off before its first boot, and that baseline."""
    directory = tmp_path_factory.mktemp("begun")
    entry = baseline_in(directory)

    def cut(plan):
        raise Cut

    with pytest.raises(Cut):
        new_run(request(entry.variant("websocket")), directory / "run", replace(QUIET, start=cut))
    return directory


@pytest.fixture
def begun_copy(begun, tmp_path):
    """Return such a run, and its baseline, to be changed."""
    shutil.copytree(begun, tmp_path / "copy")
    return tmp_path / "copy" / "run", load_entry(tmp_path / "copy" / "baseline")


def check_refused(run, entries, sentence):
    before = contents(run)
    with pytest.raises(UserError) as caught:
        resume_run(run, entries, QUIET)
    assert str(caught.value) == sentence
    assert contents(run) == before


@pytest.mark.browser
class TestRefusedResume:
    @pytest.mark.parametrize(
        ("what", "name", "words"),
        [
            ("machine", "processor", "another machine (processor"),
            ("machine", "core_numbers", "another machine (core numbers"),
            ("browser", "version", "another browser (version"),
        ],
    )
    def test_another_machine_or_browser(self, begun_copy, what, name, words):
        run, entry = begun_copy
        meta = json.loads((run / "run.json").read_text())
        now, meta[what][name] = meta[what][name], "another"
        (run / "run.json").write_text(json.dumps(meta))
        sentence = f"{run} was begun with {words}: another then, {now} now); go on with it there, or begin a new run."
        check_refused(run, {"baseline": entry}, sentence)

    def test_other_contract(self, begun_copy, monkeypatch):
        run, entry = begun_copy
        was = json.loads((run / "run.json").read_text())["contract_hash"]
        monkeypatch.setattr(bench, "contract_hash", lambda: "another")
        sentence = f"{run} was measured with contract {was}, this is another; begin a new run instead."
        check_refused(run, {"baseline": entry}, sentence)

    def test_changed_source(self, begun_copy):
        run, entry = begun_copy
        with (entry.directory / "session.py").open("a") as file:
            file.write("SLIGHTLY_BETTER = True\n")
        sentence = f"The entry baseline has changed since {run} was begun; begin a new run instead."
        check_refused(run, {"baseline": entry}, sentence)

    def test_entry_that_is_gone(self, begun_copy):
        run, _ = begun_copy
        sentence = (
            "The run measures baseline/websocket, but there is no entry baseline; name its directory with --apps."
        )
        check_refused(run, {}, sentence)

    @pytest.mark.parametrize("key", ["variants", "experiments", "plan", "entries", "seed"])
    def test_damaged_run(self, begun_copy, key):
        run, entry = begun_copy
        meta = json.loads((run / "run.json").read_text())
        del meta[key]
        (run / "run.json").write_text(json.dumps(meta))
        check_refused(
            run, {"baseline": entry}, f"{run}/run.json is damaged (KeyError('{key}')); begin a new run instead."
        )

    def test_no_browser(self, begun_copy, monkeypatch):
        run, entry = begun_copy
        monkeypatch.setenv("PYUIBENCH_CHROMIUM", "/nowhere/chromium")
        sentence = "PYUIBENCH_CHROMIUM names /nowhere/chromium, which isn't there; unset it or name a Chromium."
        check_refused(run, {"baseline": entry}, sentence)


@pytest.mark.browser
def test_profile_is_the_one_that_the_run_was_begun_with(begun_copy, monkeypatch):
    run, entry = begun_copy
    seen = []
    monkeypatch.setattr(bench, "Runner", lambda store, setting: seen.append(setting) or NoRunner())
    resume_run(run, {"baseline": entry}, QUIET)
    assert [(it.profile, it.chosen, it.seed) for it in seen] == [(TINY, CHEAP, 5)]


class NoRunner:
    def run(self, plan, done, limit_s):
        assert limit_s == math.inf
        for boot in plan:
            done(boot, [])


# --- what can't be begun -------------------------------------------------------------------------------------------


def test_directory_that_is_there_already(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "prepare", lambda entry: pytest.fail("an environment was asked for"))
    run = tmp_path / "run"
    run.mkdir()
    with pytest.raises(UserError, match=r"run exists; go on with --resume .*/run, or choose another with --out\.$"):
        new_run(request(BASELINE.variant("websocket")), run, QUIET)
    assert list(run.iterdir()) == []


def test_no_browser_is_told_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "prepare", lambda entry: pytest.fail("an environment was asked for"))
    monkeypatch.setenv("PYUIBENCH_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(UserError, match=r"^PYUIBENCH_CHROMIUM names /nowhere/chromium"):
        new_run(request(BASELINE.variant("websocket")), tmp_path / "run", QUIET)
    assert list(tmp_path.iterdir()) == []


def test_entry_that_cannot_be_installed_is_recorded_and_the_others_go_on(tmp_path, monkeypatch):
    lockless = baseline_in(tmp_path)
    lockless.lock.unlink()
    lockless = replace(lockless, name="lockless")
    asked = request(BASELINE.variant("http"), lockless.variant("http"), chosen=selection((), ["code", "environment"]))
    run = load(new_run(asked, tmp_path / "run", QUIET))
    (failure,) = run.failures.itertuples()
    assert (failure.entry, failure.step) == ("lockless", "environment")
    assert failure.reason == "lockless has no requirements.lock; lock it as CONTRIBUTING.md says."
    installed = run.measurements[run.measurements["instrument"] == "environment"]
    assert set(installed["entry"]) == {"baseline"}


def test_pages_are_built_before_the_first_server_starts(tmp_path, monkeypatch):
    entry = baseline_in(tmp_path)
    entry = replace(entry, table=entry.table.model_copy(update={"build": ("make", "it")}))
    done = []

    def build(variant, page, environment, cells=10):
        done.append((variant.id, page, cells))
        if page == "app":
            raise UserError("It can't be built.")

    monkeypatch.setattr(builds, "prepare", build)
    monkeypatch.setattr(bench.Runner, "run", lambda runner, plan, *rest, **more: done.append("run"))
    new_run(request(entry.variant("http"), profile=TWO_BOOTS, chosen=CHEAP), tmp_path / "run", QUIET)
    before = done[: done.index("run")]
    assert before[-2:] == [("baseline/http", "app", 10), ("baseline/http", "grid", 3)]


def test_a_variant_with_packages_of_its_own_is_recorded_with_them(tmp_path, monkeypatch):
    entry = baseline_in(tmp_path)
    (entry.directory / "fast.lock").write_text(f"# with an extra\n{entry.lock.read_text()}")
    table = entry.table.variants["http"].model_copy(update={"lock": "fast.lock"})
    entry = replace(entry, table=entry.table.model_copy(update={"variants": {**entry.table.variants, "http": table}}))
    prepared = []
    prepare = environment.prepare
    monkeypatch.setattr(environment, "prepare", lambda variant: prepared.append(variant.id) or prepare(variant))
    asked = request(entry.variant("websocket"), entry.variant("http"), chosen=selection((), ["code", "environment"]))
    meta = load(new_run(asked, tmp_path / "run", QUIET)).meta["entries"]["baseline"]
    assert prepared == ["baseline/websocket", "baseline/http"]
    assert (
        meta["variants"]["http"]["lock_hash"] != meta["lock_hash"] == environment.lock_hash(entry.variant("websocket"))
    )
    assert meta["variants"]["http"]["versions"] == meta["versions"]
    assert "lock_hash" not in meta["variants"]["websocket"]


def test_no_entry_that_can_be_installed(tmp_path):
    lockless = baseline_in(tmp_path)
    lockless.lock.unlink()
    asked = request(lockless.variant("http"), chosen=selection((), ["code"]))
    with pytest.raises(UserError, match=r"^baseline has no requirements\.lock"):
        new_run(asked, tmp_path / "run", QUIET)
    assert not (tmp_path / "run").exists()


def test_run_without_a_server_needs_no_browser_and_has_a_report(tmp_path, monkeypatch):
    monkeypatch.setenv("PYUIBENCH_CHROMIUM", "/nowhere/chromium")
    asked = request(BASELINE.variant("http"), chosen=selection((), ["code"]))
    run = load(new_run(asked, tmp_path / "run", QUIET))
    assert run.meta["plan"] == make_plan(TINY, asked.variants, asked.chosen, 5) == []
    assert set(run.measurements["instrument"]) == {"code"}
    assert run.interactions.empty
    assert build(run).is_file()
    assert set(read_samples(run.directory)["failures"]) == set()
