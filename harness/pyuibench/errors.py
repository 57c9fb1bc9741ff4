"""The one exception that a user sees as one plain sentence."""


class UserError(Exception):
    """Something is wrong with what was asked for or with what the machine has; the text says what to do about it."""
