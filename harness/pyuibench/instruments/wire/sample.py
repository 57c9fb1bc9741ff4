"""What is stored of one action on the wire."""

from pyuibench.contract.states import Action
from pyuibench.instruments.shared.ledger import UNKNOWN, UserCode
from pyuibench.instruments.wire.session import Answer
from pyuibench.results.records import Interaction, Origin, origin_fields


def interaction(
    origin: Origin,
    action: Action,
    answer: Answer,
    *,
    due_ns: int,
    sessions: int,
    session: int,
    sequence: int,
    warmup: bool,
    held: bool,
    code: UserCode = UNKNOWN,
    server_tree_cpu_ms: float | None = None,
) -> Interaction:
    """Return the sample of an action that was due at `due_ns`, by the session of this number of so many.

    `held`: whether it was due while its level was held. `server_tree_cpu_ms`: what the server took until the next action was due.
    """
    lag_ms = max((answer.started_ns - due_ns) / 1e6, 0.0)
    return Interaction(
        **origin_fields(origin),
        instrument="wire",
        scenario=action.scenario,
        control=action.control.partition("-")[0],
        sessions=sessions,
        session=session,
        sequence=sequence,
        warmup=warmup,
        started_ns=answer.started_ns,
        lag_ms=lag_ms,
        right_ms=answer.service_ms,
        service_ms=answer.service_ms,
        response_ms=None if answer.service_ms is None else answer.service_ms + lag_ms,
        output_ms=dict(answer.output_ms),
        update_ms=list(answer.update_ms) or None,
        bytes_up=answer.traffic.bytes_up,
        bytes_down=answer.traffic.bytes_down,
        messages_up=answer.traffic.messages_up,
        messages_down=answer.traffic.messages_down,
        held=held,
        ok=answer.reason is None,
        reason=answer.reason,
        fault=answer.fault,
        server_tree_cpu_ms=server_tree_cpu_ms,
        **code,
    )
