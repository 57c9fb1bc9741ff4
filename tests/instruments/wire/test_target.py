"""Sessions find an app behind https, below a path, and at an address as people write it, or a sentence says why they don't."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from pyuibench.cli.inputs import read_target
from pyuibench.cli.main import app
from pyuibench.entries.catalog import load_entry
from pyuibench.errors import UserError
from pyuibench.instruments.wire.tls import INSECURE_VARIABLE, context
from pyuibench.project import APPS
from pyuibench.results.store import load
from pyuibench.serving import environment
from pyuibench.serving.ports import free_port
from pyuibench.serving.reachable import require_answer
from pyuibench.serving.server import Server

CERTIFICATE = Path(__file__).parent / "certificate"
BASELINE = load_entry(APPS / "baseline")
AMOUNT = ("--levels", "1", "--hold", "1", "--warmup", "0.5", "--answers", "10", "--interval", "50", "--seed", "3")
AMOUNT = (*AMOUNT, "--slo", "unrelated=10000")
PREFIX = b"/some/where"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Return a running baseline."""
    log = tmp_path_factory.mktemp("server") / "log"
    with Server(BASELINE.variant("websocket"), environment.prepare(BASELINE.variants[0]), "app", log) as server:
        server.await_ready()
        yield server


@contextmanager
def before(port: int, secured: ssl.SSLContext | None = None, prefix: bytes = b"") -> Iterator[int]:
    """Serve what a port serves at another one: secured, or below a path, of which the app behind knows nothing."""

    async def connected(reader, writer):
        up = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(passed_on(reader, up[1], prefix), passed_on(up[0], writer, b""))

    async def passed_on(source, target, cut):
        while data := await source.read(65_536):
            # Requests come one after the other, each whole, as the client sends no body that is large.
            target.write(data.replace(b" " + cut + b"/", b" /", 1) if cut else data)
            await target.drain()
        target.close()

    at = free_port()
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(asyncio.start_server(connected, "127.0.0.1", at, ssl=secured))
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield at
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@pytest.fixture
def secure_port(server):
    """Return the port of a proxy with a certificate that no authority has signed."""
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(CERTIFICATE / "certificate.pem", CERTIFICATE / "key.pem")
    with before(server.port, secured) as port:
        yield port


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch):
    """Take away what the environment says of certificates; what a command sets is taken away with it."""
    monkeypatch.setenv(INSECURE_VARIABLE, "0")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


def put_load(variant, target, out, *more):
    result = CliRunner().invoke(app, ["load", variant, *AMOUNT, "--target", target, "--out", str(out), *more])
    if isinstance(result.exception, UserError):
        raise result.exception
    assert result.exit_code == 0, result.output
    run = load(out)
    assert run.failures.empty
    assert run.interactions["ok"].all()
    assert len(run.interactions) > 3
    return run


@pytest.mark.servers
def test_a_certificate_that_the_user_trusts(secure_port, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE / "certificate.pem"))
    run = put_load("baseline/websocket", f"https://localhost:{secure_port}", tmp_path / "run")
    assert run.meta["insecure"] is False


@pytest.mark.servers
def test_a_certificate_that_no_one_trusts_is_refused_unless_any_will_do(secure_port, tmp_path):
    target = f"https://127.0.0.1:{secure_port}"
    with pytest.raises(UserError, match="certificate verify failed"):
        put_load("baseline/websocket", target, tmp_path / "refused")
    run = put_load("baseline/websocket", target, tmp_path / "run", "--insecure")
    assert run.meta["insecure"] is True


@pytest.mark.servers
def test_an_app_below_a_path(server, tmp_path):
    with before(server.port, prefix=PREFIX) as port:
        put_load("baseline/websocket", f"http://127.0.0.1:{port}{PREFIX.decode()}/", tmp_path / "run")


@pytest.mark.servers
@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/", "http://localhost:{port}"])
def test_addresses_as_people_write_them(server, tmp_path, address, monkeypatch):
    # A proxy of the environment isn't asked.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    put_load("baseline/websocket", address.format(port=server.port), tmp_path / "run")


@pytest.mark.servers
def test_settings_of_other_loads_change_nothing(server, tmp_path, monkeypatch):
    monkeypatch.setenv("LOCUST_TAGS", "smoke")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "locust.conf").write_text("tags = smoke\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".locust.conf").write_text("tags = smoke\n")
    put_load("baseline/websocket", server.url, Path("run"))


@pytest.mark.parametrize("text", ["localhost:8000", "ftp://localhost", "http://", "http://a:b", "http://a/?q=1", "x"])
def test_what_is_no_address(text):
    with pytest.raises(UserError, match="is no address of an app; give it as"):
        read_target(text)


def test_nothing_answers():
    with pytest.raises(UserError, match="Nothing answers at"):
        require_answer(f"http://127.0.0.1:{free_port()}", context())
