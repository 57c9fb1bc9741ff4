"""The baseline with two workers behind HAProxy: visitors stay with a worker, or don't."""

import json
import urllib.error
import urllib.request
import uuid

import pytest

from pyuibench.entries.catalog import load_entry
from pyuibench.entries.deployment import APART, COPIES, ONE, TWO
from pyuibench.errors import ServerError, UserError
from pyuibench.project import APPS
from pyuibench.serving import environment, proxy
from pyuibench.serving.fleet import Fleet
from pyuibench.serving.ports import HOST

BASELINE = load_entry(APPS / "baseline")
VISITORS = 6


@pytest.fixture
def copies(tmp_path, monkeypatch, only_proxy):
    """Return a function that deploys a copy of the baseline's variant over HTTP, whose sessions live in one process's memory."""
    monkeypatch.setattr("pyuibench.serving.fleet.way_of", lambda _: COPIES)
    variant = BASELINE.variant("http")
    built = environment.prepare(BASELINE.variants[0])
    return lambda deployment: Fleet(variant, built, deployment, VISITORS, tmp_path / "log")


def is_whole(url, visitor):
    """Return whether a visitor's session, opened at its port, is found again by the next requests."""
    first = int(url.rpartition(":")[2])
    session = f"http://{HOST}:{first + visitor}/session/{uuid.uuid4()}"
    urllib.request.urlopen(session).read()
    click = json.dumps({"control": "increment", "value": 1}).encode()
    try:
        for _ in range(4):
            urllib.request.urlopen(urllib.request.Request(session, data=click)).read()
    except urllib.error.HTTPError:
        return False
    return True


@pytest.mark.servers
def test_a_visitor_stays_with_a_worker(copies):
    with copies(TWO) as fleet:
        assert fleet.await_ready() > 0
        assert len(fleet.supervisor_pids) == 2
        assert all(is_whole(fleet.url, visitor) for visitor in range(VISITORS))
    assert fleet.stop().leftover == ()
    assert not fleet.processes()


@pytest.mark.servers
def test_without_stickiness_sessions_in_memory_are_lost(copies):
    with copies(APART) as fleet:
        fleet.await_ready()
        assert not any(is_whole(fleet.url, visitor) for visitor in range(VISITORS))


@pytest.mark.servers
def test_one_worker_needs_no_stickiness(copies):
    with copies(ONE) as fleet:
        fleet.await_ready()
        assert len(fleet.supervisor_pids) == 1
        assert is_whole(fleet.url, 0)


@pytest.mark.servers
def test_the_framework_s_own_workers_share_a_port(tmp_path, only_proxy):
    built = environment.prepare(BASELINE.variants[0])
    with Fleet(BASELINE.variants[0], built, TWO, VISITORS, tmp_path / "log") as fleet:
        fleet.await_ready()
        assert len(fleet.supervisor_pids) == 1
        names = [" ".join(it.cmdline()) for it in fleet.processes()]
    assert sum("spawn_main" in name for name in names) >= 2


def test_workers_are_listed_and_stuck_to():
    text = proxy.config([1001, 1002], 12_000, 20, is_sticky=True)
    assert f"bind {HOST}:12000-12019" in text
    assert "stick on dst_port" in text
    assert [f"server worker0 {HOST}:1001" in text, f"server worker1 {HOST}:1002" in text] == [True, True]
    assert "stick" not in proxy.config([1001, 1002], 12_000, 20, is_sticky=False)


def test_without_haproxy_there_is_one_plain_sentence(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(UserError, match="apt-get install haproxy"):
        proxy.find_haproxy()


def test_ports_that_are_taken_are_passed_over(monkeypatch):
    first = proxy.FIRST_PORTS[0]
    monkeypatch.setattr(proxy, "is_taken", lambda port: port == first + 1)
    assert proxy.free_ports(1) == first
    assert proxy.free_ports(3) == proxy.FIRST_PORTS[1]


def test_more_visitors_than_there_are_ports():
    with pytest.raises(ServerError, match="501 free ports"):
        proxy.free_ports(501)
