"""Entries as Hugging Face Spaces: written to a directory, and checked as far as one machine can."""
