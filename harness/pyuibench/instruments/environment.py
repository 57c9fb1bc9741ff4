"""What an entry's environment costs to have, and what its pages cost to build."""

from collections.abc import Iterator

from pyuibench.contract.scenarios import PAGES
from pyuibench.entries.catalog import Variant
from pyuibench.instruments.base import Instrument, Reading
from pyuibench.serving import builds
from pyuibench.serving.environment import Environment


def readings(variant: Variant, built: Environment | None) -> Iterator[Reading]:
    """Yield the environment's size and time, and those of each page's build. Raises UserError for a build that fails."""
    if built is None:
        return
    yield Reading("install_s", built.install_s)
    yield Reading("environment_bytes", built.size_bytes)
    yield Reading("environment_packages", len(built.versions))
    for page in [page for page in PAGES if variant.page_file(page)] if variant.entry.table.build else []:
        build = builds.prepare(variant, page, built)
        yield Reading("build_s", build.build_s, page)
        yield Reading("build_bytes", build.size_bytes, page)


INSTRUMENT = Instrument(
    "environment", "what an environment takes to install and a page to build", needs_server=False, of_variant=readings
)
