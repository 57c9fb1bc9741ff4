"""What several instruments need: the ledger of user code, and what a session does once."""
