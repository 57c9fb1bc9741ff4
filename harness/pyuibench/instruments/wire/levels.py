"""How many sessions a load has where nothing else is asked for, level after level, and how many it may have."""

LEVELS = (1, 2, 5, 10, 20, 50, 100, 200)
MOST_SESSIONS = 5000
