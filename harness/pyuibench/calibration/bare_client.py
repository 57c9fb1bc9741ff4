"""A client with nothing around it, to compare the wire instrument with: asyncio streams and 50 lines of WebSocket.

Like a browser, and like the wire instrument, it agrees with the server to compress messages: else the server itself would have
less to do for it. `python bare_client.py http://127.0.0.1:PORT COUNT` clicks the baseline's counter and prints the median in
milliseconds.
"""

import asyncio
import base64
import json
import os
import re
import struct
import sys
import time
import zlib
from statistics import median
from urllib.parse import urlsplit

WARMUP = 20
WHOLE_COMPRESSED_TEXT = 0x80 | 0x40 | 0x01
MASKED = 0x80
# RFC 7692: the end of a flush, which isn't sent.
TAIL = b"\x00\x00\xff\xff"
MOST_BITS = 15


async def click(host: str, port: int, count: int) -> float:
    """Return the median of `count` clicks, each from sending to the last byte of its answer, in milliseconds."""
    reader, writer = await asyncio.open_connection(host, port)
    deflate = zlib.compressobj(wbits=-await _shake_hands(host, port, reader, writer))
    inflate = zlib.decompressobj(-MOST_BITS)
    # Messages are compressed one upon the other, so the first state has to be read as well.
    inflate.decompress(await _receive(reader) + TAIL)
    times_ms = []
    for clicked in range(WARMUP + count):
        message = json.dumps({"control": "increment", "value": clicked}).encode()
        start = time.perf_counter()
        data = (deflate.compress(message) + deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)
        writer.write(bytes((WHOLE_COMPRESSED_TEXT, MASKED | len(data), 0, 0, 0, 0)) + data)
        json.loads(inflate.decompress(await _receive(reader) + TAIL))
        times_ms.append((time.perf_counter() - start) * 1e3)
        await asyncio.sleep(0.001)
    writer.close()
    return median(times_ms[WARMUP:])


async def _shake_hands(host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """Open the WebSocket and return how many bits of window the server allows for what is sent to it."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /live HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode()
    if "permessage-deflate" not in answer:
        sys.exit(f"the server doesn't compress messages: {answer}")
    bits = re.search(r"client_max_window_bits=(\d+)", answer)
    return int(bits[1]) if bits else MOST_BITS


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
