"""TLS for apps behind https: the user's certificates are trusted (`SSL_CERT_FILE`, `SSL_CERT_DIR`), or any if they say so."""

import os
import ssl
from typing import Any

INSECURE_VARIABLE = "PYUIBENCH_INSECURE"


def is_insecure() -> bool:
    """Return whether certificates are not looked at."""
    return os.environ.get(INSECURE_VARIABLE, "0") != "0"


def context(**_: Any) -> ssl.SSLContext:
    """Return what connections are secured with. Whatever a library would have trusted instead is ignored."""
    made = ssl.create_default_context()
    if is_insecure():
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made
