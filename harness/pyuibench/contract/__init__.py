"""The contract of the reference app: scenarios, states, the walks between them, and their identity."""
