"""How a Locust process of a load ends. Locust changes the process that imports it for good, so it is looked at in another."""

import subprocess
import sys

import pytest

from pyuibench.instruments.wire.config import FOREIGN_EXIT_CODE, FOREIGN_MARK
from pyuibench.project import APPS

ENDED = """
import sys
from pathlib import Path

from locust.env import Environment

from pyuibench.instruments.wire.config import Load, Target, WireConfig
from pyuibench.instruments.wire.generator import Generator
from pyuibench.instruments.wire.messages import FOREIGN_ANSWER

apps, answers = Path(sys.argv[1]), sys.argv[2:]
environment = Environment()
runner = environment.create_local_runner()
target = Target(entry=apps / "baseline", variant="websocket")
generator = Generator(WireConfig(target=target, load=Load(script="visits", levels=(1,), hold_s=1.0)), environment)
for words in answers:
    runner.send_message(FOREIGN_ANSWER, {"crew": "any", "words": words})
generator.close()
sys.exit(environment.process_exit_code)
"""
"""A process that leads nothing any more, is told of such answers of another session, and ends."""


@pytest.mark.parametrize("answers", [(), ("count shows 9",), ("count shows 9", "count shows 12")])
def test_an_answer_of_another_session_ends_it_so_though_nothing_is_led_any_more(answers):
    command = [sys.executable, "-c", ENDED, APPS, *answers]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == (FOREIGN_EXIT_CODE if answers else 0), told.stderr
    assert told.stderr == (f"{FOREIGN_MARK}count shows 9\n" if answers else "")
