"""Checks of a page on the wire. Run as `python -m pyuibench.verify.wire`, in a process of its own, told as Locust is."""

from gevent import monkey

monkey.patch_all()

import itertools  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

from pyuibench.catalog import Entry, load_entry  # noqa: E402
from pyuibench.errors import UserError  # noqa: E402
from pyuibench.spec import app_actions, grid_actions, initial_app, initial_grid, normalised  # noqa: E402
from pyuibench.wire.config import WireConfig, from_environment  # noqa: E402
from pyuibench.wire.session import WireSession, client_factory  # noqa: E402

Said = tuple[str, str]


def check(config: WireConfig, url: str) -> Iterator[Said]:
    """Yield (check, message) for what is wrong: first state, every control twice, two sessions kept apart."""
    new_client = client_factory(_entry(config.entry).variant(config.variant), config.site_packages)
    on_app = config.page == "app"
    initial = (initial_app() if on_app else initial_grid(config.grid_cells)).expected
    actions = app_actions(2) if on_app else grid_actions(2, config.grid_cells)
    first, second = (WireSession(new_client(url, config.page, config.grid_cells), config.timeout_s) for _ in range(2))
    try:
        if reason := first.open(initial).reason:
            yield "open", reason
            return
        for action in itertools.islice(actions, 10 if on_app else 4):
            if reason := first.perform(action).reason:
                yield "value", f"{action.control} to {action.value!r}: {reason}"
                return
        if reason := second.open(initial).reason:
            yield "isolation", f"a second session doesn't begin afresh: {reason}"
            return
        other = next(app_actions(3) if on_app else grid_actions(3, config.grid_cells))
        if reason := second.perform(other).reason:
            yield "isolation", f"in a second session, {other.control} to {other.value!r}: {reason}"
        wrong = {
            name for name, text in action.expected.items() if normalised(first.client.texts[name]) != normalised(text)
        }
        if wrong:
            yield "isolation", f"the first session changed with what a second one did: {', '.join(sorted(wrong))}"
    finally:
        first.close()
        second.close()


def _entry(directory: Path) -> Entry:
    entry = load_entry(directory)
    if entry is None:
        raise UserError(f"{directory} is not an entry.")
    return entry


def main() -> None:
    """Print the findings as JSON on the last line."""
    try:
        said = list(check(from_environment(), sys.argv[1]))
    except UserError as error:
        said = [("client", str(error))]
    print(json.dumps(said))


if __name__ == "__main__":
    main()
