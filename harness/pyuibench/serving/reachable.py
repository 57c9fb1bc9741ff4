"""Whether an app answers that was started elsewhere."""

import ssl
import urllib.error
import urllib.request

from pyuibench.errors import UserError

ANSWER_TIMEOUT_S = 10.0


def require_answer(url: str, secured: ssl.SSLContext) -> None:
    """Raise UserError when nothing answers there. No proxy of the environment is asked: sessions go there directly too."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=secured))
    try:
        direct.open(url, timeout=ANSWER_TIMEOUT_S).close()
    except urllib.error.HTTPError:
        return
    except (OSError, ValueError) as error:
        raise UserError(f"Nothing answers at {url} ({error}); start the app there first.") from error
