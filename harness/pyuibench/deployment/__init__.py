"""More than one worker: each framework's documented way to use more cores, behind a proxy."""
