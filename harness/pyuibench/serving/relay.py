"""A relay between a browser and a server: it delays what it passes on, and cuts every connection when it is told to.

It is a SOCKS5 proxy (RFC 1928) on loopback, so that pages keep the server's own address, and HTTP and WebSocket are treated
alike: as streams of bytes.
"""

import asyncio
import struct
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, TypeVar

from pyuibench.serving.ports import HOST

VERSION, NO_AUTHENTICATION, CONNECT = 5, 0, 1
SUCCEEDED, NOT_REACHED = 0, 5
IPV4, DOMAIN_NAME = 1, 3
CHUNK_BYTES = 65_536
START_TIMEOUT_S = 10.0

T = TypeVar("T")


class Relay:
    """A running relay, on a thread of its own. Use as a context manager."""

    def __init__(self, rtt_ms: float = 0.0) -> None:
        """Prepare a relay that adds `rtt_ms` to every round trip: half of it each way, and the whole to connecting."""
        self._one_way_s = rtt_ms / 2e3
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False

    @property
    def url(self) -> str:
        """Return its address, as browsers want it."""
        return f"socks5://{HOST}:{self.port}"

    def cut(self) -> None:
        """End all connections without a word, and refuse new ones until `restore`."""
        self._run(self._cut())

    def restore(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def __enter__(self) -> "Relay":
        self._thread.start()
        self._server: asyncio.Server = self._run(asyncio.start_server(self._serve, HOST, 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(START_TIMEOUT_S)

    async def _cut(self) -> None:
        self._is_cut = True
        for writer in self._open:
            writer.transport.abort()

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if not self._is_cut:
                await self._connect(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = await _requested(reader, writer)
        # A handshake takes a round trip before anything can be sent.
        await asyncio.sleep(2 * self._one_way_s)
        try:
            server_reader, server_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.write(_reply(NOT_REACHED))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            return
        self._open.add(server_writer)
        try:
            writer.write(_reply(SUCCEEDED))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(reader, server_writer))
                group.create_task(self._pass_on(server_reader, writer))
        except ExceptionGroup as errors:
            # A connection that breaks on either side is over, and that is all.
            if others := errors.split(OSError)[1]:
                raise others from None
        finally:
            self._open.discard(server_writer)
            server_writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes on, each as long after it came as the way takes; a stream that ends, ends on the other side."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._arrive(on_the_way, writer))
            while data := await reader.read(CHUNK_BYTES):
                on_the_way.put_nowait((self._loop.time() + self._one_way_s, data))
            on_the_way.put_nowait((self._loop.time() + self._one_way_s, b""))

    async def _arrive(self, on_the_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await on_the_way.get()
            if (early_s := due - self._loop.time()) > 0:
                await asyncio.sleep(early_s)
            if not data:
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()


async def _requested(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Return where a client wants to go: its greeting is answered, its request isn't yet (RFC 1928, sections 3 and 4)."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(bytes((VERSION, NO_AUTHENTICATION)))
    _, command, _, kind = await reader.readexactly(4)
    if command != CONNECT or kind not in (IPV4, DOMAIN_NAME):
        raise OSError("only connections to an IPv4 address or a name are relayed")
    if kind == IPV4:
        host = ".".join(map(str, await reader.readexactly(4)))
    else:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    if host != HOST:
        raise OSError(f"{host} isn't loopback")
    return host, port


def _reply(code: int) -> bytes:
    return bytes((VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0))
