"""What the figures of `measurements` are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """What a figure of `measurements` is: its unit and what it says."""

    unit: str
    about: str


METRICS: dict[str, Metric] = {
    "install_s": Metric("s", "building the entry's environment from its lock, with the package cache as it was found"),
    "build_s": Metric("s", "building what the entry serves, where it has to be built"),
    "build_bytes": Metric("bytes", "what building adds to the entry's directory"),
    "environment_bytes": Metric("bytes", "apparent size of the entry's environment"),
    "environment_packages": Metric("count", "packages in the entry's environment"),
    "boot_ready_ms": Metric("ms", "from starting the server's process until the app itself answers HTTP"),
    "first_session_ms": Metric("ms", "from opening the first session of a boot until all its outputs are right (wire)"),
    "first_answer_ms": Metric("ms", "boot_ready_ms + first_session_ms: a cold server's first correct answer"),
    "session_ms": Metric("ms", "from opening a further session until all its outputs are right (wire)"),
    "idle_pss_bytes": Metric(
        "bytes", "proportional set size of the server's process tree after its first session, swapped-out part included"
    ),
    "idle_uss_bytes": Metric("bytes", "unique set size of the server's process tree after its first session"),
    "loaded_pss_bytes": Metric("bytes", "proportional set size while the sessions are open, swapped-out part included"),
    "threads": Metric("count", "threads of the server's process tree"),
    "handles": Metric("count", "open file descriptors of the server's process tree"),
    "processes": Metric("count", "processes of the server's tree"),
    "server_cpu_ms": Metric("ms", "CPU time of the server's process tree per interaction (wire)"),
    "server_cpu_share": Metric(
        "share", "CPU time of the server's process tree per second of a load's hold, of one core"
    ),
    "slo_kept": Metric(
        "count",
        "1 where a level of a load kept the service level, 0 where it was missed, none where that is undecided; "
        "`outcome` says how or why, `detail` in words",
    ),
    "closed_pss_bytes": Metric(
        "bytes", "proportional set size some time after the last session of a load was closed; `detail` says how long"
    ),
    "cycle_pss_bytes": Metric(
        "bytes", "the same after each of several cycles of opening, using and closing sessions; `at` is its number"
    ),
    "generator_cpu_share": Metric("share", "CPU time of the load generator per second of its run, of one core"),
    "hold_s": Metric("s", "how long all sessions of a load were open and acting (wire)"),
    "waiting_sessions": Metric("count", "sessions that wait for an answer, on average over the hold (wire)"),
    "js_heap_bytes": Metric("bytes", "the page's JavaScript heap after forced collection"),
    "page_pss_bytes": Metric(
        "bytes",
        "proportional set size of the process that runs the page and its workers, at the end, swapped-out part included",
    ),
    "boot_runtime_ms": Metric(
        "ms", "of a load of a page whose Python runs in the browser: until Python runs; `control` says which load"
    ),
    "boot_packages_ms": Metric("ms", "of such a load: from then until its packages can be imported"),
    "boot_imports_ms": Metric("ms", "of such a load: from then until the app's modules are imported"),
    "boot_first_state_ms": Metric("ms", "of such a load: from then until all its outputs are right"),
    "page_bytes_down": Metric("bytes", "bytes on the network of a cold page load, as sent (compressed or not)"),
    "page_requests": Metric("count", "requests of a cold page load"),
    "action_bytes_up": Metric("bytes", "payload that the page sent for one action; `control` says which"),
    "action_bytes_down": Metric("bytes", "payload that the page received for one action; `control` says which"),
    "outside_requests": Metric("count", "requests of the page to any other host (blocked)"),
    "cut_ms": Metric(
        "ms", "from the end of a cut of the connection until a click is answered; `outcome` says what was kept"
    ),
    "reload_ms": Metric("ms", "from reloading the page until a click is answered; `outcome` says what was kept"),
    "restart_ms": Metric("ms", "from a restart of the server until a click is answered; `outcome` says what was kept"),
    "others_cpu_share": Metric(
        "share", "CPU time that other processes of the machine used during a step (`detail`), per second, of one core"
    ),
    "others_steal_share": Metric(
        "share", "CPU time that the machine's host gave to others during a step (steal), per second, of one core"
    ),
    "fixed_work_ms": Metric(
        "ms",
        "CPU time that a fixed piece of work took on the run's cores before or after a boot (`detail`): the machine's speed",
    ),
    "models_pss_bytes": Metric(
        "bytes",
        "proportional set size of a server with language models, with `sessions` that have asked them, and one that hasn't",
    ),
    "model_loads": Metric(
        "count", "how often a boot's processes loaded the model of `control`: the copies that it holds"
    ),
    "leftover_processes": Metric(
        "count", "processes that outlived the server's own shutdown (then ended by the harness)"
    ),
    "logical_lines": Metric("lines", "statements by AST, docstrings not counted"),
    "change_lines": Metric("lines", "lines added and taken away to give the app a fourth filter that feeds one output"),
    "change_places": Metric("count", "places of the app's files where those lines are: runs of changed lines"),
    "tokens": Metric("count", "tokens of the formatted source, comments and docstrings not counted"),
    "cyclomatic_complexity": Metric("count", "sum over functions and module of 1 + decisions (McCabe)"),
    "framework_names": Metric("count", "distinct names of the framework that the source uses"),
}
