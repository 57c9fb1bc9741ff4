"""A load on an app that already runs somewhere: put on it from here, or led from here or from another machine."""

from pathlib import Path

from pyuibench.errors import ForeignAnswerError
from pyuibench.experiments.kinds.load import Levels
from pyuibench.experiments.manifest import Request, manifest, now
from pyuibench.experiments.request import Progress, prepare
from pyuibench.experiments.run import FOREIGN_ANSWER
from pyuibench.instruments.wire.config import Target
from pyuibench.instruments.wire.run import WireError, Workers, join_load, run_load
from pyuibench.instruments.wire.tls import context, is_insecure
from pyuibench.results.meta import read_meta
from pyuibench.results.plan import PlannedBoot
from pyuibench.results.records import Failure, origin_fields
from pyuibench.results.store import SampleFile, Store
from pyuibench.serving import machine
from pyuibench.serving.environment import Environment
from pyuibench.serving.only_run import only_run
from pyuibench.serving.reachable import require_answer


def load_elsewhere(
    request: Request, url: str, directory: Path, progress: Progress, workers: Workers | None = None
) -> Path:
    """Put the request's load on an app that already runs somewhere, in a new directory, and return it.

    With `workers` it is led here and carried out by as many on other machines, which keep their samples (`join_elsewhere`).
    What fails is stored with its reason. Raises UserError for what can't be begun; ForeignAnswerError, with the run stored, when
    a session got the answer of another one.
    """
    machine.raise_open_files()
    require_answer(url, context())
    boot = _boot(request)
    prepared = prepare(request, progress)
    with only_run(directory):
        store = Store.create(directory, manifest(request, prepared.environments, [boot], directory.name))
        progress.start([boot])
        try:
            progress.done(
                boot, _lead(store, request, prepared.environments[boot.origin.variant_id], boot, url, workers)
            )
        finally:
            store.finish()
            store.write_meta({**read_meta(directory), "finished": now(), "target": url, "insecure": is_insecure()})
    return store.directory


def _lead(
    store: Store, request: Request, built: Environment, boot: PlannedBoot, url: str, workers: Workers | None
) -> list[Failure]:
    """Put the load on the app, store what is sampled, and return what failed."""
    load = _load(request)
    samples = store.begin(boot.origin.boot)
    failures = []
    try:
        run_load(target_of(request, built, samples, boot), load.load(request.seed), url, load.processes, workers)
    except (WireError, ForeignAnswerError) as error:
        step = FOREIGN_ANSWER if isinstance(error, ForeignAnswerError) else "wire: load"
        origin = origin_fields(boot.origin)
        failures.append(Failure(**origin, scope="step", instrument="wire", step=step, reason=str(error)))
        file = SampleFile(samples / "harness.jsonl")
        file.add(*failures)
        file.close()
        if isinstance(error, ForeignAnswerError):
            raise
    finally:
        store.end(boot.origin.boot)
    return failures


def join_elsewhere(request: Request, url: str, master: str, directory: Path, progress: Progress) -> None:
    """Take part in a load that is led on another machine; samples are put into `directory`, for the run of the leader.

    Raises UserError for what can't be begun, WireError for a load that fails.
    """
    machine.raise_open_files()
    require_answer(url, context())
    boot, load = _boot(request), _load(request)
    prepared = prepare(request, progress)
    directory.mkdir(parents=True, exist_ok=True)
    target = target_of(request, prepared.environments[boot.origin.variant_id], directory.resolve(), boot)
    join_load(target, load.load(request.seed), url, master)


def target_of(
    request: Request, built: Environment, samples: Path | None = None, boot: PlannedBoot | None = None
) -> Target:
    """Return where a load's sessions act: as the app is somewhere, so nothing is known of its server."""
    variant = request.variants[0]
    return Target(
        entry=variant.entry.directory,
        variant=variant.name,
        site_packages=built.site_packages,
        samples=samples,
        origin=boot.origin if boot else None,
    )


def _boot(request: Request) -> PlannedBoot:
    (boot,) = (boot for boot in request.plan(1) if Levels.name in boot.experiments)
    return boot


def _load(request: Request) -> Levels:
    (load,) = (each for each in request.profile.experiments if isinstance(each, Levels))
    return load
