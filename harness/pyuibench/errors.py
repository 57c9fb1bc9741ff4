"""What a user sees as one plain sentence, and what a boot can fail with."""


class UserError(Exception):
    """Something is wrong with what was asked for or with what the machine has; the text says what to do about it."""


class ServerError(Exception):
    """A server didn't start, didn't answer, or ended; the text says what it printed last."""


class ForeignAnswerError(Exception):
    """A session got the answer of another one, which ends a run; the text says what was seen."""
