"""Where things are in a checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "apps"
WORKLOAD = APPS / "workload"
RESULTS = ROOT / "results"
CACHE = ROOT / ".cache"
