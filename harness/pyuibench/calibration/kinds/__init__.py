"""What calibration looks at, one module each; `calibration.registry` finds them."""
