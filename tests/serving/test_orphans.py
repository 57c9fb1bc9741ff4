"""Processes that lost their parent: inherited, awaited once they have ended, and no other's exit code taken away."""

import json
import subprocess
import sys

BURNT_S = 0.4

# A process whose child, in a group of its own as a browser is, leaves a grandchild alone; and a child of its own beside it.
SCRIPT = f"""
import json, resource, subprocess, sys, time
import psutil
from pyuibench.serving import orphans

def awaited_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

def ended():
    return [it.pid for it in psutil.Process().children() if it.status() == psutil.STATUS_ZOMBIE]

def until(count):
    while len(ended()) < count:
        time.sleep(0.01)

if sys.argv[1] == "inherit":
    orphans.inherit()
burn = "import time\\nwhile time.process_time() < {BURNT_S}: pass"
left = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=2).pid)"
orphan = int(subprocess.run([sys.executable, "-c", left, burn], start_new_session=True, stdout=subprocess.PIPE).stdout)
if sys.argv[1] == "inherit":
    until(1)
own = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
leader = subprocess.Popen([sys.executable, "-c", "raise SystemExit(8)"], start_new_session=True)
until(3 if sys.argv[1] == "inherit" else 2)
was_kept = orphan in ended()
before_s = awaited_s()
orphans.await_ended()
burnt_s = awaited_s() - before_s
print(json.dumps([was_kept, orphan in ended(), burnt_s, own.wait(), leader.wait()]))
"""


def run(how):
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_what_was_inherited_is_awaited_and_its_time_kept():
    was_kept, is_left, burnt_s, *codes = run("inherit")
    assert (was_kept, is_left) == (True, False)
    assert burnt_s >= BURNT_S * 0.9
    assert codes == [7, 8]


def test_without_inheriting_its_time_is_lost():
    was_kept, _, burnt_s, *codes = run("leave")
    assert not was_kept
    assert burnt_s == 0
    assert codes == [7, 8]


AFTERWARDS = """
import subprocess, sys, psutil
from pyuibench.serving import orphans

left = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=2)"

def leave(code):
    subprocess.run([sys.executable, "-c", left, code], start_new_session=True)

with orphans.inherited():
    leave("import time; time.sleep(0.3)")
print(len(psutil.Process().children()))
leave("import time; time.sleep(1)")
print(len(psutil.Process().children()))
"""


def test_afterwards_none_is_left_and_none_inherited_any_more():
    done = subprocess.run([sys.executable, "-c", AFTERWARDS], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["0", "0"]
