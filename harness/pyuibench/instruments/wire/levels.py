"""How a load goes: its levels, how each is held, and those between the last that was held and the first that was missed."""

LEVELS = (5, 10, 20, 50, 100, 200)
"""Where nothing else is asked for. A server that misses the first is tried with fewer sessions (`between`)."""
MOST_SESSIONS = 5000
WARMUP_S = 3.0
"""For how long all sessions act before anything counts: what opening them left to do is no part of it."""
FEWEST_ANSWERS = 60
"""On so many answers a 95th percentile is judged: of fewer than 59, all in time, more than one in twenty may still be late (exact
binomial test at 5 %)."""
MOST_HOLD_S = 240.0
"""No level is held longer: one session gives 60 answers of `unrelated` in 150 s on average."""
MOST_GAP = 0.15
"""How far the first missed level may lie above the last held one, as a share of it."""
MOST_TRIALS = 6
"""How many levels between two are tried at most: from a step of 2.5 it takes three to come that near."""


def between(held: int, missed: int, most_gap: float) -> int | None:
    """Return the level to try next between one that was held (0 for none) and one that was missed; None if they are near.

    The geometric middle, since what is wanted is the number's ratio to others; half of the missed one where none was held.
    """
    if missed - held <= max(1.0, held * most_gap):
        return None
    middle = round((held * missed) ** 0.5) if held else missed // 2
    return min(max(middle, held + 1), missed - 1)
