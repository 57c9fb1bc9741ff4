"""The experiments, one module each; `experiments.registry` finds them."""
