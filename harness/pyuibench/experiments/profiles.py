"""The names of the profiles."""

PROFILE_NAMES = ("smoke", "quick", "tax", "far", "again", "workers", "load", "neighbours", "full")
