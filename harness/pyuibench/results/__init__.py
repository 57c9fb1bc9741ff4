"""What a run stores, and how it is written, read and merged."""
