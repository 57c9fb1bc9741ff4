"""The app page's session in a worker, which is one thread: a job takes turns with what else is asked for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import session
from live import Live

import workload


class AppSession(session.AppSession):
    """The server's session, but for what needs a thread there, and the file, which comes as all else does."""

    async def updates(self, control: str, value: Any) -> AsyncIterator[dict[str, Any]]:
        """Set or press a control and yield what changes with it, as it comes."""
        if control == "crunch":
            self.jobs += 1
            job = self.jobs
            for step in range(1, workload.CRUNCH_STEPS + 1):
                yield {"progress": workload.crunch(job, step), "step": step}
                await asyncio.sleep(0)
            yield {"crunched": workload.crunched_text(job)}
        elif control == "upload":
            yield {"uploaded": workload.upload_summary(value.to_bytes())}
        else:
            async for outputs in super().updates(control, value):
                yield outputs


def start(send: Callable[[str], None]) -> Live:
    """Open the session."""
    return Live(AppSession(), send)
