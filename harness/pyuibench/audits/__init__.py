"""What a run must stand up to before its figures are shown."""
