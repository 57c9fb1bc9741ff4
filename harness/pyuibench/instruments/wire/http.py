"""HTTP as a browser speaks it to one host: kept-alive connections, six at most, and streams of server-sent events."""

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPConnectionClosed, HTTPSocketPoolResponse

from pyuibench.instruments.wire.client import ProtocolError, Traffic
from pyuibench.instruments.wire.tls import context, is_insecure

MOST_CONNECTIONS = 6
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Connection:
    """The connections of one session to its server.

    Paths are below that of the address, where it has one.

    `get` and `post` may be called from several greenlets at once; a seventh waits for a free connection, as in a browser.
    Cookies that the server sets are kept and sent back.
    """

    def __init__(self, url: str, traffic: Traffic, timeout_s: float = 60.0) -> None:
        self._traffic = traffic
        self._cookies: dict[str, str] = {}
        self._prefix = urlsplit(url).path
        secured: dict[str, Any] = {"ssl_context_factory": context, "insecure": is_insecure()}
        self._client = HTTPClient.from_url(
            url, concurrency=MOST_CONNECTIONS, connection_timeout=timeout_s, network_timeout=timeout_s, **secured
        )
        # A stream holds its connection for good; it must not take one of the six from the pool's requests.
        self._streams = HTTPClient.from_url(url, concurrency=MOST_CONNECTIONS, network_timeout=timeout_s, **secured)

    @property
    def cookies(self) -> Mapping[str, str]:
        """Return the cookies that the server has set so far."""
        return self._cookies

    def get(self, path: str) -> bytes:
        """Return the body, from where the server redirects to if it does. Raises ProtocolError unless the status is 2xx."""
        return self._request("GET", path, b"", {})

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> bytes:
        """Post bytes as they are or anything else as JSON, and return the body.

        Raises ProtocolError unless the status is 2xx; 204 gives an empty body.
        """
        data, kind = _encoded(body)
        return self._request("POST", path, data, {**kind, **(headers or {})})

    def put(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
        """Put bytes and return the body. Raises ProtocolError unless the status is 2xx."""
        return self._request("PUT", path, body, dict(headers or {}))

    def lines(self, path: str, body: Any) -> Iterator[str]:
        """Post as `post` does, and yield each line of the answer as it comes."""
        data, kind = _encoded(body)
        self._traffic.up(f"POST {self._prefix}{path}", data)
        response = self._streams.request("POST", self._prefix + path, body=data, headers=self._headers(kind))
        self._check(path, response)
        while line := response.readline(b"\n"):
            self._traffic.down(len(line))
            yield line.decode()
        response.release()

    def events(self, path: str) -> Iterator[str]:
        """Yield the data of each server-sent event of a stream until it ends."""
        for _, data in self.named_events(path):
            yield data

    def named_events(self, path: str) -> Iterator[tuple[str, str]]:
        """Yield the name (`message` where none is given) and the data of each server-sent event of a stream until it ends."""
        self._traffic.asked(f"GET {self._prefix}{path}")
        response = self._streams.request(
            "GET", self._prefix + path, headers=self._headers({"Accept": "text/event-stream"})
        )
        self._check(path, response)
        name, data = "message", list[str]()
        while line := response.readline(b"\n").decode():
            line = line.rstrip("\r\n")
            if line.startswith("data:"):
                data.append(line.removeprefix("data:").removeprefix(" "))
            elif line.startswith("event:"):
                name = line.removeprefix("event:").strip()
            elif not line and data:
                text = "\n".join(data)
                self._traffic.down(len(text.encode()))
                yield name, text
                name, data = "message", []

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
        self._streams.close()

    def _request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        to = f"{method} {self._prefix}{path}"
        if method == "GET":
            self._traffic.asked(to)
        else:
            self._traffic.up(to, body)
        try:
            response, data = self._answer(method, path, body, headers)
        except (TimeoutError, OSError, HTTPConnectionClosed) as error:
            raise ProtocolError(f"{method} {path}: {error}") from error
        if method == "GET" and response.status_code in REDIRECTS and (place := response.get("location")):
            self._keep_cookies(response)
            return self._request("GET", self._below(urljoin(self._prefix + path, str(place))), b"", {})
        self._check(path, response)
        self._traffic.down(len(data))
        return data

    def _below(self, url: str) -> str:
        """Return the path of an address of this server, below where the app is."""
        parts = urlsplit(url)
        return urlunsplit(("", "", parts.path.removeprefix(self._prefix), parts.query, ""))

    def _answer(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[HTTPSocketPoolResponse, bytes]:
        """Ask, and once more where the server had just closed a connection that it had kept: Chromium does so for any method."""
        try:
            return self._asked(method, path, body, headers)
        except (HTTPConnectionClosed, ConnectionResetError, BrokenPipeError):
            return self._asked(method, path, body, headers)

    def _asked(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[HTTPSocketPoolResponse, bytes]:
        response = self._client.request(method, self._prefix + path, body=body, headers=self._headers(headers))
        return response, bytes(response.read())

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return headers

    def _check(self, path: str, response: HTTPSocketPoolResponse) -> None:
        self._keep_cookies(response)
        if not 200 <= response.status_code < 300:
            raise ProtocolError(f"{path} answered with status {response.status_code}")

    def _keep_cookies(self, response: HTTPSocketPoolResponse) -> None:
        for name, value in response.headers:
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content


def _encoded(body: Any) -> tuple[bytes, dict[str, str]]:
    """Return a body, bytes as they are and anything else as JSON, and the header that says so."""
    if isinstance(body, bytes):
        return body, {}
    return json.dumps(body, separators=(",", ":")).encode(), {"Content-Type": "application/json"}


def multipart(
    files: Mapping[str, tuple[str, bytes]], fields: Mapping[str, str] | None = None
) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a form with CSV files (field -> name and content), as RFC 7578 has it."""
    boundary = f"----WebKitFormBoundary{secrets.token_hex(8)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in (fields or {}).items()
    ]
    for field, (name, content) in files.items():
        head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: text/csv'
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}
