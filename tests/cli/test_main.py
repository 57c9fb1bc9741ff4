"""The command line: whatever is wrong with what was asked for is said in one line, and nothing is changed on disk."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import typer.main
from typer.testing import CliRunner

from pyuibench import project
from pyuibench.audits.registry import AUDITS
from pyuibench.cli import main as cli
from pyuibench.cli.doctor import examine
from pyuibench.contract.identity import contract_hash
from pyuibench.entries import scaffold
from pyuibench.entries.catalog import find_entries
from pyuibench.project import APPS, ROOT
from pyuibench.results.records import Failure, Origin, origin_fields
from pyuibench.results.store import SampleFile, Store, load
from pyuibench.serving.ports import free_port
from pyuibench.verify.code import checks_hash
from pyuibench.verify.findings import Finding

PROGRAM = Path(sys.executable).with_name("pyuibench")
COMMANDS = typer.main.get_command(cli.app).commands
NOWHERE = "/nowhere/chromium"
PATIENCE_S = 60
SLOW = {
    "PIL",
    "gevent",
    "jinja2",
    "locust",
    "matplotlib",
    "numpy",
    "pandas",
    "playwright",
    "psutil",
    "pyarrow",
    "scipy",
    "websockets",
    "workload",
}
"""What takes long to import, and is needed neither by help nor to tell that input is bad."""
REFUSED = [
    ("verify nonsense", "There is no entry 'nonsense'; known entries: "),
    ("bench nonsense", "There is no entry 'nonsense'; known entries: "),
    ("bench baseline nonsense/websocket --out new", "There is no entry 'nonsense'; known entries: "),
    ("load nonsense", "There is no entry 'nonsense'; known entries: "),
    (
        "load baseline --levels ten",
        "--levels ten is no list of growing numbers up to 5,000; give one like 1,10,50.",
    ),
    (
        "load baseline --levels 9,3",
        "--levels 9,3 is no list of growing numbers up to 5,000; give one like 1,10,50.",
    ),
    (
        "load baseline --levels 1,9999",
        "--levels 1,9999 is no list of growing numbers up to 5,000; give one like 1,10,50.",
    ),
    ("load baseline --arrivals often", "There are no arrivals 'often'; known ones: constant, poisson, closed."),
    ("load baseline/http --target http://127.0.0.1:9 --out new", "Nothing answers at http://127.0.0.1:9 ("),
    ("load baseline/http --out tmp", "tmp exists; go on with --resume tmp, or choose another with --out."),
    ("serve nonsense", "There is no entry 'nonsense'; known entries: "),
    ("calibrate --only nonsense", "There is no calibration 'nonsense'; known calibrations: cores, cpu, generator, "),
    ("verify baseline/nonsense", "The entry baseline has no variant 'nonsense'; it has: websocket, http, sse."),
    ("bench baseline/nonsense", "The entry baseline has no variant 'nonsense'; it has: websocket, http, sse."),
    ("serve baseline/nonsense", "The entry baseline has no variant 'nonsense'; it has: websocket, http, sse."),
    (
        "bench baseline --precision 5% --within 60",
        "--precision goes on until it is reached and --within until the time is over: give one of them.",
    ),
    (
        "bench baseline --profile huge",
        "There is no profile 'huge'; known profiles: smoke, quick, tax, far, again, workers, load, neighbours, ",
    ),
    ("bench baseline --scenario idle", "There is no scenario 'idle'; known scenarios: load, unrelated, "),
    ("bench baseline --instrument ears", "There is no instrument 'ears'; known instruments: browser, code, "),
    ("serve baseline --page home", "There is no page 'home'; known pages: app, grid, conversation, model, page-model."),
    ("new Maple --into .", "'Maple' can't be an entry's name; use lower-case letters, digits and underscores."),
    ("new tmp --into .", "tmp is there already; nothing was changed."),
    ("new maple --into missing", "missing is not a directory; make it, or choose another with --into."),
    ("report missing", "missing is not a run: it has no run.json."),
    ("report tmp", "tmp is not a run: it has no run.json."),
    ("bench --resume missing", "missing is not a run: it has no run.json."),
    ("bench --resume tmp", "tmp is not a run: it has no run.json."),
    ("bench baseline/http --out tmp", "tmp exists; go on with --resume tmp, or choose another with --out."),
    ("merge nonsense --out new", "Merging takes two runs or more."),
    ("merge tmp nonsense --out new", "tmp is not a run: it has no run.json."),
    ("merge tmp", "Name the directories of the workers' samples after the run, or give --out for a new run."),
    ("compare tmp nonsense", "tmp is not a run: it has no run.json."),
    ("compare tmp tmp --within most", "--within most is no share; give one like 5%."),
    ("audit missing", "missing is not a run: it has no run.json."),
    ("site missing", "missing is not a run: it has no run.json."),
    ("talk missing tmp", "missing is not a run: it has no run.json."),
    ("change nonsense", "There is no entry 'nonsense'; known entries: "),
    ("gallery nonsense", "There is no entry 'nonsense'; known entries: "),
    ("bench baseline --precision most", "--precision most is no share; give one like 5%."),
    (
        "compare a b --fail-on slow:5%",
        "--fail-on slow:5% names no kind of change; give one like slower:5%, of slower, larger, worse.",
    ),
    ("compare a b --fail-on slower", "--fail-on slower:  is no share; give one like 5%."),
    (
        "load baseline --slo drag=100",
        "--slo drag=100 is no service level; give one like unrelated=200,global=1000, of ",
    ),
    ("load baseline --master 2", "--master and --worker need the app's address: give --target URL."),
    (
        "load baseline --target http://127.0.0.1:9 --worker 127.0.0.1",
        "A worker's samples stay on its machine: give --out DIR, and no --master.",
    ),
]


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a function that runs the program in this process and returns its exit code, output and errors."""

    def run_with(*arguments):
        monkeypatch.setattr(sys, "argv", ["pyuibench", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run_with


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return the only place where a command could write to: results, what it is run in, and temporary files."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(project, "RESULTS", tmp_path / "results")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refused(run, place):
    """Return a function that checks that a command fails with one line, and leaves everything as it was."""

    def contents():
        return {file: file.read_bytes() if file.is_file() else None for file in place.rglob("*")}

    def check(arguments, sentence):
        before = contents()
        code, _, errors = run(*arguments)
        assert errors.startswith("pyuibench: "), errors
        assert errors.count("\n") == 1 and errors.endswith("\n"), errors
        assert sentence in errors
        assert code == 2
        assert contents() == before

    return check


@pytest.fixture
def finished(place):
    """Return the directory of a run that measured nothing."""
    store = Store.create(
        place / "run", {"run_id": "run", "contract_hash": contract_hash(), "entries": {}, "variants": []}
    )
    store.finish()
    return store.directory


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_bad_input(refused, arguments, sentence):
    refused(shlex.split(arguments), sentence)


def test_missing_document(refused):
    refused(
        ["report", "run", "--document", "missing.md"],
        "There is no document missing.md; name a file that has the markers",
    )


@pytest.mark.parametrize("command", ["list", "verify", "bench", "calibrate", "serve baseline"])
def test_missing_directory_of_entries(refused, command):
    refused(
        [*command.split(), "--apps", "missing"],
        "missing is not a directory; --apps and PYUIBENCH_APPS name directories",
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("[tool.pyuibench\n", "maple/pyproject.toml is not valid TOML: "),
        ("[tool.pyuibench]\ntitle = 1\n", "maple/pyproject.toml: [tool.pyuibench] title: "),
        ("[tool]\npyuibench = 1\n", "maple/pyproject.toml: [tool.pyuibench] "),
    ],
)
@pytest.mark.parametrize("command", ["list", "verify baseline", "serve baseline", "bench baseline"])
def test_broken_entry(refused, place, command, table, sentence):
    (place / "maple").mkdir()
    (place / "maple" / "pyproject.toml").write_text(table)
    refused([*command.split(), "--apps", "."], sentence)


def test_two_entries_of_one_name(refused, place):
    scaffold.write("baseline", place)
    refused(["list", "--apps", "."], f"Two entries are named baseline: {APPS / 'baseline'} and {place / 'baseline'}.")


@pytest.mark.parametrize("command", ["verify baseline/http", "bench baseline/http", "bench baseline/http --out new"])
def test_no_browser(refused, monkeypatch, command):
    monkeypatch.setenv("PYUIBENCH_CHROMIUM", NOWHERE)
    refused(command.split(), f"PYUIBENCH_CHROMIUM names {NOWHERE}, which isn't there; unset it or name a Chromium.")


@pytest.mark.servers
def test_no_browser_to_calibrate_with(refused, monkeypatch):
    monkeypatch.setenv("PYUIBENCH_CHROMIUM", NOWHERE)
    refused(["calibrate", "--gestures", "5"], f"PYUIBENCH_CHROMIUM names {NOWHERE}, which isn't there; ")


@pytest.mark.browser
def test_browser_that_does_not_start(refused, monkeypatch, place):
    (place / "chromium").write_text("#!/bin/sh\necho 'libnspr4.so: cannot open shared object file' >&2\nexit 127\n")
    (place / "chromium").chmod(0o755)
    monkeypatch.setenv("PYUIBENCH_CHROMIUM", str(place / "chromium"))
    sentence = f"{place}/chromium doesn't start: libnspr4.so: cannot open shared object file"
    refused(["verify", "baseline/http"], sentence)
    (check,) = (check for check in examine() if check.name == "Chromium")
    assert (check.ok, check.remedy) == (False, sentence)


@pytest.mark.servers
def test_taken_port(refused):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(
            ["serve", "baseline", "--port", port], f"Port {port} is taken; stop what listens there or choose another."
        )


@pytest.mark.servers
def test_app_that_does_not_start_cannot_be_served(refused):
    broken = ["--apps", ROOT / "tests" / "broken"]
    refused(["serve", "crash-at-boot", "--port", free_port(), *broken], "RuntimeError: no database")


def test_page_that_a_variant_lacks_cannot_be_served(refused):
    arguments = ["serve", "crash-at-boot", "--page", "grid", "--apps", ROOT / "tests" / "broken"]
    refused(arguments, "crash-at-boot/websocket has no grid page: one page is enough to be broken.")


def test_entry_without_a_lock_cannot_be_served_or_measured(refused, place):
    scaffold.write("maple", place)
    for command in ("serve", "bench"):
        refused([command, "maple", "--apps", "."], "maple has no requirements.lock; lock it as CONTRIBUTING.md says.")


def test_resume_of_a_run_of_another_contract(refused, place):
    Store.create(place / "run", {"contract_hash": "another"})
    sentence = f"run was measured with contract another, this is {contract_hash()}; begin a new run instead."
    refused(["bench", "--resume", "run"], sentence)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 99}'])
@pytest.mark.parametrize("command", ["bench --resume run", "report run"])
def test_damaged_run(refused, place, command, text):
    (place / "run").mkdir()
    (place / "run" / "run.json").write_text(text)
    refused(command.split(), "pyuibench: run")


def test_resume_of_a_run_that_says_too_little(refused, place):
    Store.create(place / "run", {"contract_hash": contract_hash()})
    refused(["bench", "--resume", "run"], "run/run.json is damaged (KeyError('variants')); begin a new run instead.")


@pytest.mark.parametrize(
    "more",
    ["baseline", "--profile smoke", "--scenario local", "--instrument wire", "--seed 0", "--out new", "--within 9"],
)
def test_resume_takes_no_other_wishes(refused, finished, more):
    sentence = "--resume goes on as the run was begun: give it no entries and no other option than --apps."
    refused(["bench", *more.split(), "--resume", "run"], sentence)


@pytest.mark.parametrize("table", ["interactions", "measurements", "failures"])
@pytest.mark.parametrize("keep", [0, 3, 0.5, 0.95])
def test_report_of_a_truncated_table(refused, finished, table, keep):
    path = finished / f"{table}.parquet"
    content = path.read_bytes()
    path.write_bytes(content[: keep if isinstance(keep, int) else int(len(content) * keep)])
    refused(["report", "run"], f"run/{table}.parquet is damaged (")


def test_report_of_a_run_that_is_not_finished(refused, finished):
    (finished / "failures.parquet").unlink()
    refused(
        ["report", "run"], "run is not finished: it has no failures.parquet; go on with `pyuibench bench --resume run`."
    )


def test_directory_that_cannot_be_made(refused, place):
    (place / "file").touch()
    refused(["bench", "baseline/http", "--instrument", "code", "--out", "file/run"], "file/run")


def test_sentence_is_one_line_whatever_it_quotes(run, monkeypatch):
    def fail(*_):
        raise cli.UserError("two\nlines")

    monkeypatch.setattr("pyuibench.entries.catalog.find_entries", fail)
    assert run("list") == (2, "", "pyuibench: two lines\n")


@pytest.mark.parametrize(
    "arguments", ["--nonsense", "nonsense", "serve baseline --port 80", "serve", "calibrate --gestures 1"]
)
def test_wrong_usage_is_told_without_a_traceback(run, arguments):
    code, _, errors = run(*arguments.split())
    assert code == 2
    assert "Usage: " in errors
    assert "Traceback" not in errors


# --- what is imported ----------------------------------------------------------------------------------------------

RUN_EACH = """
import contextlib, json, os, shlex, sys
from pyuibench.cli.main import main

slow = set(json.loads(sys.argv[1]))
imported = {}
for line in json.loads(sys.argv[2]):
    sys.argv = ["pyuibench", *shlex.split(line)]
    before = set(sys.modules)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        try:
            main()
        except SystemExit:
            pass
    if brought := sorted(slow & set(sys.modules) - before):
        imported[line] = brought
print(json.dumps(imported))
"""


@pytest.fixture
def slow_imports(place):
    """Return a function that runs command lines in a process of their own, and returns which one imported what is slow."""

    def run_each(lines):
        asked = [json.dumps(sorted(SLOW)), json.dumps(lines)]
        ended = subprocess.run(
            [sys.executable, "-c", RUN_EACH, *asked], capture_output=True, text=True, timeout=PATIENCE_S, check=True
        )
        return json.loads(ended.stdout)

    return run_each


def test_help_and_list_import_nothing_slow(slow_imports):
    assert slow_imports(["--help", *(f"{name} --help" for name in COMMANDS), "list", "list --json"]) == {}


def test_bad_input_imports_nothing_slow(slow_imports, finished):
    (finished / "failures.parquet").unlink()
    usage = ["--nonsense", "nonsense", "serve baseline --port 80", "serve", "report run", "list --apps missing"]
    assert slow_imports([*(line for line, _ in REFUSED), *usage]) == {}


def test_what_is_slow_is_seen(slow_imports):
    assert "psutil" in slow_imports(["doctor --json"])["doctor --json"]


# --- what is printed -----------------------------------------------------------------------------------------------


def test_list_as_json(run):
    code, printed, errors = run("list", "--json")
    assert (code, errors) == (0, "")
    listed = {each["entry"]: each for each in json.loads(printed)}
    entries = find_entries([APPS])
    assert set(listed) == set(entries)
    for name, entry in entries.items():
        assert listed[name]["version"] == entry.locked_version() != "unknown"
        assert [each["variant"] for each in listed[name]["variants"]] == list(entry.table.variants)
        assert Path(listed[name]["directory"]) == APPS / name


def test_audits_of_a_run(run, finished):
    code, printed, errors = run("audit", finished)
    assert (code, errors) == (0, "")
    assert all(line.startswith("passed  ") for line in printed.splitlines())
    told = json.loads(run("audit", finished, "--json")[1])
    assert {each["id"]: (each["passed"], each["objections"]) for each in told} == {
        name: (True, []) for name in set(AUDITS) - {"others", "waits"}
    }


def test_an_audit_that_fails_is_an_exit_code(run, finished):
    meta = json.loads((finished / "run.json").read_text())
    unproven = {"maple": {"variants": {"app": {"verified": False}}}}
    (finished / "run.json").write_text(json.dumps({**meta, "entries": unproven}))
    code, printed, _ = run("audit", finished)
    assert code == 1
    (line,) = (line for line in printed.splitlines() if line.startswith("FAILED"))
    assert line.startswith("FAILED  conformance: ")
    assert "        the run: not proven as measured, or changed since: maple/app" in printed


def test_list_has_further_entries(run, place):
    scaffold.write("maple", place)
    (maple,) = (each for each in json.loads(run("list", "--json", "--apps", ".")[1]) if each["entry"] == "maple")
    assert maple["version"] == "unknown"
    assert run("list", "--apps", ".")[1].count("maple/idiomatic") == 1


def test_doctor_as_json(run):
    code, printed, errors = run("doctor", "--json")
    checks = json.loads(printed)
    assert [check["name"] for check in checks] == [check.name for check in examine()]
    assert code == (0 if all(check["ok"] for check in checks) else 1)
    assert errors == ""
    assert all(check["found"] for check in checks)


def test_doctor_says_what_to_do_without_a_browser(run, monkeypatch):
    monkeypatch.setenv("PYUIBENCH_CHROMIUM", NOWHERE)
    code, printed, _ = run("doctor", "--json")
    (browser,) = (check for check in json.loads(printed) if check["name"] == "Chromium")
    assert code == 1
    assert browser == {
        "name": "Chromium",
        "ok": False,
        "found": "none that starts",
        "remedy": f"PYUIBENCH_CHROMIUM names {NOWHERE}, which isn't there; unset it or name a Chromium.",
    }
    code, printed, _ = run("doctor")
    assert code == 1
    assert "lacking" in printed
    assert "unset it or name a Chromium" in " ".join(printed.split())


def test_doctor_says_how_to_get_each_thing_that_is_lacking(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": 0, "total": 0}))
    monkeypatch.setattr("pyuibench.cli.doctor.shutil.disk_usage", lambda path: type("Disk", (), {"free": 0}))
    monkeypatch.setattr(
        "pyuibench.cli.doctor.sys",
        type("System", (), {"platform": "plan9", "version": "3.9.1 x", "version_info": (3, 9)}),
    )
    monkeypatch.setattr("pyuibench.cli.doctor.os.sched_getaffinity", lambda pid: {0})

    def no_uv():
        raise FileNotFoundError("no uv")

    monkeypatch.setattr("uv.find_uv_bin", no_uv)
    checks = {check.name: check for check in examine()}
    lacking = {"system", "Python", "uv", "memory", "disk"}
    assert {name for name, check in checks.items() if not check.ok} - {"Chromium"} == lacking
    assert all(checks[name].remedy for name in lacking)
    # One core is enough, but is not without its price.
    assert checks["cores"].ok
    assert checks["cores"].remedy.startswith("server and browser will share one core")


def test_new_says_what_comes_next(run, place):
    code, printed, _ = run("new", "maple", "--into", ".")
    assert code == 0
    assert printed == "Wrote maple. Next: `pyuibench verify maple --apps .`, and CONTRIBUTING.md.\n"
    assert (place / "maple" / "pyproject.toml").is_file()


@pytest.mark.browser
class TestVerify:
    def test_as_json(self, run, place):
        scaffold.write("maple", place)
        code, printed, errors = run("verify", "maple", "--apps", ".", "--json")
        findings = json.loads(printed)
        assert (code, errors) == (1, "")
        assert {finding["variant"] for finding in findings} == {"maple/idiomatic"}
        assert {"lock", "command", "control", "output", "page", "client"} <= {it["check"] for it in findings}

    def test_as_text(self, run, place):
        scaffold.write("maple", place)
        code, printed, _ = run("verify", "maple", "--apps", ".")
        first, *findings = printed.splitlines()
        assert code == 1
        assert first == "fails  maple/idiomatic"
        assert "  error maple/idiomatic app [entry/command] command is empty: say how a page is served" in findings
        assert len(findings) == len(json.loads(run("verify", "maple", "--apps", ".", "--json")[1]))

    def test_notes_alone_are_no_failure(self, run, monkeypatch):
        note = Finding("note", "baseline/http", "app", "entry", "notes", "there is no NOTES.md")
        remembered = []
        monkeypatch.setattr("pyuibench.entries.verified.remember", lambda *proof: remembered.append(proof))
        monkeypatch.setattr("pyuibench.verify.variant.verify_variant", lambda browser, variant: iter([note]))
        code, printed, _ = run("verify", "baseline/http")
        assert code == 0
        assert [(variant.id, checks) for variant, checks in remembered] == [("baseline/http", checks_hash())]
        assert printed == f"conforms  baseline/http\n  {note}\n"


def test_bench_and_report(run, place):
    code, printed, errors = run("bench", "baseline/http", "--instrument", "code", "--out", "new/run", "--seed", "3")
    assert (code, errors) == (0, "")
    assert printed.splitlines()[-1] == "Report: new/run/report.html"
    measured = load(place / "new" / "run")
    assert (measured.meta["seed"], measured.meta["profile"]) == (3, "quick")
    assert set(measured.measurements["variant"]) == {"http"}
    (place / "new" / "run" / "report.html").unlink()
    assert run("report", "new/run") == (0, "Report: new/run/report.html\n", "")
    assert (place / "new" / "run" / "report.html").is_file()
    assert run("bench", "--resume", "new/run")[0] == 0


def test_a_bench_of_which_a_part_could_not_be_measured_is_an_exit_code(run, place, monkeypatch):
    origin = Origin(
        block=0,
        boot="0",
        entry="baseline",
        variant="http",
        role="idiomatic",
        model="callback",
        page="app",
        experiment="rounds",
    )

    def fail_once(request, directory, progress, widest):
        store = Store.create(directory, {"plan": [], "entries": {}})
        file = SampleFile(store.begin("0") / "harness.jsonl")
        file.add(Failure(**origin_fields(origin), scope="boot", step="boot", reason="it ended while starting"))
        file.close()
        store.end("0")
        store.finish()

    monkeypatch.setattr("pyuibench.experiments.request.new_run", fail_once)
    code, printed, errors = run("bench", "baseline/http", "--out", "new")
    assert (code, printed) == (3, "Report: new/report.html\n")
    assert errors == "pyuibench: 1 part of the run could not be measured; the report begins with why.\n"


def test_run_has_a_name_without_out(run, place):
    assert run("bench", "baseline/http", "--instrument", "code", "--profile", "smoke")[0] == 0
    (directory,) = (place / "results").iterdir()
    assert directory.name.endswith("-smoke")
    assert (directory / "report.html").is_file()


@pytest.mark.parametrize(
    ("begun", "sentence"),
    [(True, "stopped; go on with `pyuibench bench --resume new`."), (False, "stopped.")],
)
def test_interrupted_bench_says_how_to_go_on(run, place, monkeypatch, begun, sentence):
    def interrupt(request, directory, progress, widest):
        if begun:
            directory.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr("pyuibench.experiments.request.new_run", interrupt)
    assert run("bench", "baseline/http", "--out", "new") == (130, "", f"pyuibench: {sentence}\n")


# --- help ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_has_an_example_that_can_be_run(name):
    shown = CliRunner().invoke(cli.app, [name, "--help"])
    assert shown.exit_code == 0
    (line,) = (line for line in COMMANDS[name].help.splitlines() if line.startswith("Example: "))
    assert line in shown.output
    program, command, *arguments = shlex.split(line.removeprefix("Example: "))
    assert (program, command) == ("pyuibench", name)
    COMMANDS[name].make_context(name, arguments)


def test_help_lists_every_command():
    shown = CliRunner().invoke(cli.app, ["-h"])
    assert shown.exit_code == 0
    assert all(name in shown.output for name in COMMANDS)
    assert "Exit codes: 0 fine; 1 " in shown.output
    assert set(COMMANDS) >= {"doctor", "list", "verify", "bench", "calibrate", "report", "new", "serve"}


# --- as a program --------------------------------------------------------------------------------------------------


def start(*arguments, **more):
    return subprocess.Popen(
        [PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # A job in the background of a script ignores interrupts, and its children would; a terminal's program doesn't.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **more,
    )


def read_until(process, piece):
    """Return the first line that the process prints with this piece in it; the end of its output fails."""
    for line in process.stdout:
        if piece in line:
            return line
    raise AssertionError(f"it never printed {piece!r}, but {process.stderr.read()!r}")


def press_control_c(process):
    """Interrupt as a terminal does: every process of the group that is in the foreground."""
    os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, errors


def left_of(processes):
    deadline = time.monotonic() + PATIENCE_S
    while (left := [it for it in processes if it.is_running()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def test_program_fails_in_one_line(tmp_path):
    ended = subprocess.run(
        [PROGRAM, "verify", "nonsense"], capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE_S
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("pyuibench: There is no entry 'nonsense'; known entries: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.servers
def test_serve_until_control_c(tmp_path):
    port = free_port()
    with start("serve", "baseline/http", "--port", port, "--page", "grid", "--cells", "3", cwd=tmp_path) as process:
        try:
            line = read_until(process, "Ctrl-C")
            assert line.startswith(f"baseline/http at http://127.0.0.1:{port} — Ctrl-C ends it; log: ")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE_S) as answer:
                assert b'"cells": 3' in answer.read()
            processes = psutil.Process(process.pid).children(recursive=True)
            assert press_control_c(process) == (0, "", "")
        finally:
            process.kill()
    assert left_of(processes) == []
    assert not Path(line.partition("log: ")[2].strip()).exists()


@pytest.mark.servers
def test_served_app_that_ends_by_itself_is_told(tmp_path):
    with start("serve", "baseline/http", "--port", free_port(), cwd=tmp_path) as process:
        try:
            read_until(process, "Ctrl-C")
            for server in psutil.Process(process.pid).children(recursive=True):
                # One that has just ended has no command line any more.
                with suppress(psutil.NoSuchProcess):
                    if "uvicorn" in " ".join(server.cmdline()):
                        server.kill()
            _, errors = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert process.returncode == 2
    assert errors == "pyuibench: baseline/http ended by itself; its last words: none\n"


@pytest.mark.servers
@pytest.mark.browser
def test_bench_until_control_c(tmp_path):
    asked = ("baseline/http", "--instrument", "resources", "--profile", "smoke", "--out", "run", "--seed", "1")
    with start("bench", *asked, cwd=tmp_path) as process:
        try:
            read_until(process, "[1/3]")
            processes = psutil.Process(process.pid).children(recursive=True)
            code, _, errors = press_control_c(process)
        finally:
            process.kill()
    assert code == 130
    assert errors.splitlines()[0] == "pyuibench: stopped; go on with `pyuibench bench --resume run`."
    assert left_of(processes) == []
    plan = [boot["boot"] for boot in json.loads((tmp_path / "run" / "run.json").read_text())["plan"]]
    assert (tmp_path / "run" / "samples" / plan[0] / "end").is_file()
    assert not (tmp_path / "run" / "samples" / plan[2] / "end").exists()
