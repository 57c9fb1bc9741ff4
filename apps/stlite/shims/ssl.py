"""Stands in for the standard library's `ssl`, which AnyIO imports and a page never uses: it opens no sockets.

Pyodide has the real one as a package on its CDN only, with OpenSSL.
"""


class SSLContext:
    """Can't be made."""

    def __init__(self, *args: object) -> None:
        raise NotImplementedError("There is no TLS in this page's Python.")


class SSLObject:
    """A type that annotations name."""


class MemoryBIO:
    """A type that annotations name."""


class SSLError(OSError):
    """Never raised."""
