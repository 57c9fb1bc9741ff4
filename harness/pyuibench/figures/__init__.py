"""Figures of a run: estimates with their meaning, in tables and answers."""
