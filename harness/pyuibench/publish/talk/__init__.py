"""The talk: a deck of slides from a run, with notes for the speaker, and every figure as a picture of its own."""
