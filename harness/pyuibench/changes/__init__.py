"""What it takes to change an app: a feature that every entry is asked for, kept as a patch that applies and passes `verify`."""
