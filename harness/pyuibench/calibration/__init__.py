"""What the harness itself costs, and whether its stopwatch tells the truth."""
