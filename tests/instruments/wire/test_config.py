"""What a Locust process is told: settings that can't be meant are errors, and they arrive as they were sent."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import ValidationError

from pyuibench.contract.service_level import Slo
from pyuibench.errors import UserError
from pyuibench.instruments.wire.config import WIRE_VARIABLE, Load, Target, WireConfig, from_environment, process_env
from pyuibench.results.records import Origin

ORIGIN = Origin(block=2, boot="b", entry="e", variant="v", role="tuned", model="rerun", experiment="crowd", page="app")
TARGET = Target(entry=Path("apps/baseline"), variant="websocket")


def test_it_arrives_as_it_was_sent(monkeypatch):
    place = {"servers": (7, 8), "ledger": Path("/l"), "samples": Path("/s"), "origin": ORIGIN}
    target = Target(entry=Path("apps/baseline"), variant="websocket", **place)
    load = Load(levels=(1, 5), hold_s=2.5, controls=(("unrelated", "name"),), slo=Slo(p95_ms={"global": 3.0}))
    config = WireConfig(target=target, load=load)
    monkeypatch.setenv(WIRE_VARIABLE, process_env(config)[WIRE_VARIABLE])
    arrived = from_environment(WireConfig)
    assert arrived == config
    assert isinstance(arrived.target.origin, Origin)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Load(hold_s=1.0, interval=5.0),
        lambda: Target(entry=Path("a"), variant="v", sample=Path("s")),
        lambda: WireConfig(target=TARGET, load=Load(hold_s=1.0), seed=1),
        lambda: Load(hold_s=1.0, slo={"p95": {}}),
    ],
)
def test_a_misspelt_setting_is_an_error(make):
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        make()


@pytest.mark.parametrize("change", [{"boots": "b"}, {"block": "first"}])
def test_the_origin_has_the_fields_of_an_origin(change):
    with pytest.raises(ValidationError, match="origin"):
        Target(entry=Path("a"), variant="v", origin={**asdict(ORIGIN), **change})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "give either hold_s or actions"),
        ({"hold_s": 1.0, "actions": 1}, "give either hold_s or actions"),
        ({"hold_s": 1.0, "levels": (2, 2)}, "levels must grow"),
        ({"hold_s": 1.0, "levels": (0, 2)}, "levels must grow"),
        ({"actions": 1, "levels": (1, 2)}, "a number of actions needs one level"),
        ({"actions": 1, "cycles": 1}, "cycles need hold_s"),
        ({"actions": 1, "warmup_s": 1.0}, "warmup_s needs hold_s"),
        ({"actions": 1, "judging": {"fewest_answers": 5}}, "judging needs hold_s"),
        ({"hold_s": 1.0, "judging": {"fewest": 5}}, "Extra inputs are not permitted"),
        ({"actions": 1, "first": "rests"}, "a first session that rests needs hold_s"),
        ({"hold_s": 1.0, "warmup_actions": 1}, "warmup_actions need actions"),
        ({"hold_s": 1.0, "one_offs": ("stream",)}, "one_offs need actions"),
        ({"actions": 1, "levels": (2,), "one_offs": ("stream",)}, "one_offs need a session that is alone"),
        ({"actions": 1, "levels": (2,), "memory_every": 1}, "memory_every needs a session that is alone"),
        ({"actions": 1, "scenarios": ()}, "acting needs scenarios"),
        ({"actions": 1, "scenarios": ("stream",)}, "'stream' is none of the scenarios"),
        ({"actions": 1, "one_offs": ("local",)}, "'local' is none of the one_offs"),
        ({"hold_s": 1.0, "controls": (("local", "increment"),)}, "is none of the controls"),
    ],
)
def test_a_load_that_cannot_be_is_an_error(settings, words):
    with pytest.raises(ValidationError, match=words):
        Load(**settings)


@pytest.mark.parametrize(
    ("grid_cells", "settings"),
    [(0, {}), (5, {"script": "visits"}), (5, {"one_offs": ("stream",)})],
)
def test_the_scaling_page_has_cells_and_rounds_only(grid_cells, settings):
    target = Target(entry=Path("a"), variant="v", page="grid", grid_cells=grid_cells)
    with pytest.raises(ValidationError, match="the scaling page"):
        WireConfig(target=target, load=Load(actions=1, **settings))


def test_the_same_app_from_elsewhere():
    target = Target(entry=Path("a"), variant="v", origin=ORIGIN, servers=(1,))
    there = target.at("http://10.0.0.1:8000")
    assert there.url == "http://10.0.0.1:8000"
    assert {**dict(there), "url": ""} == dict(target)


def test_the_variable_is_asked_for_and_what_is_wrong_with_it_is_said(monkeypatch):
    monkeypatch.delenv(WIRE_VARIABLE, raising=False)
    with pytest.raises(UserError, match=f"{WIRE_VARIABLE} is not set; give it as"):
        from_environment(WireConfig)
    app = {"entry": "apps/baseline", "variant": "websocket"}
    for config, words in (
        ({"target": app, "load": {"hold": 1}}, r"load\.hold: Extra inputs are not permitted\.$"),
        ({"target": app, "load": {}}, "load: .*give either hold_s or actions"),
        ({"load": {"hold_s": 1}}, r"target: Field required\.$"),
    ):
        monkeypatch.setenv(WIRE_VARIABLE, json.dumps(config))
        with pytest.raises(UserError, match=f"^{WIRE_VARIABLE} is not valid: {words}"):
            from_environment(WireConfig)


def test_the_user_can_be_imported_without_being_told_anything():
    code = f"import os; os.environ.pop({WIRE_VARIABLE!r}, None); import pyuibench.instruments.wire.visitor"
    subprocess.run([sys.executable, "-c", code], check=True)
