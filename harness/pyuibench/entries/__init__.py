"""Entries: directories that hold an app in one framework, with their metadata."""
