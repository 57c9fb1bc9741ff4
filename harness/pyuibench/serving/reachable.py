"""Whether an app answers that was started elsewhere."""

import urllib.error
import urllib.request

from pyuibench.errors import UserError

ANSWER_TIMEOUT_S = 10.0


def require_answer(url: str) -> None:
    """Raise UserError when nothing answers there."""
    try:
        urllib.request.urlopen(url, timeout=ANSWER_TIMEOUT_S).close()
    except urllib.error.HTTPError:
        return
    except (OSError, ValueError) as error:
        raise UserError(f"Nothing answers at {url} ({error}); start the app there first.") from error
