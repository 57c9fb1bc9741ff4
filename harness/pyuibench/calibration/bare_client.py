"""A client with nothing around it, to compare the wire instrument with: asyncio streams and 30 lines of WebSocket.

`python bare.py http://127.0.0.1:PORT COUNT` clicks the baseline's counter and prints the median in milliseconds.
"""

import asyncio
import base64
import json
import os
import struct
import sys
import time
from statistics import median
from urllib.parse import urlsplit

WARMUP = 20


async def click(host: str, port: int, count: int) -> float:
    """Return the median of `count` clicks, each from sending to the last byte of its answer, in milliseconds."""
    reader, writer = await asyncio.open_connection(host, port)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /live HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    await reader.readuntil(b"\r\n\r\n")
    await _receive(reader)
    times_ms = []
    for clicked in range(WARMUP + count):
        message = json.dumps({"control": "increment", "value": clicked}).encode()
        start = time.perf_counter()
        writer.write(bytes((0x81, 0x80 | len(message), 0, 0, 0, 0)) + message)
        json.loads(await _receive(reader))
        times_ms.append((time.perf_counter() - start) * 1e3)
        await asyncio.sleep(0.001)
    writer.close()
    return median(times_ms[WARMUP:])


async def _receive(reader: asyncio.StreamReader) -> bytes:
    size = (await reader.readexactly(2))[1] & 127
    if size == 126:
        size = struct.unpack("!H", await reader.readexactly(2))[0]
    elif size == 127:
        size = struct.unpack("!Q", await reader.readexactly(8))[0]
    return await reader.readexactly(size)


if __name__ == "__main__":
    address = urlsplit(sys.argv[1])
    print(asyncio.run(click(address.hostname or "", address.port or 0, int(sys.argv[2]))))
