"""Many sessions at once: when they act, how many of them a server holds, and what of its memory comes back."""
