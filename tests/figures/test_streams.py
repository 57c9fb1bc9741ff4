import math

import numpy as np
import pandas as pd
import pytest

from pyuibench.figures.streams import first_ms, gap_ms, shown_times


def test_first_token_and_longest_gap_of_each_answer():
    rows = pd.DataFrame({"update_ms": [[52.0, 100.0, 190.0], np.array([60.0]), None, math.nan]})
    times = shown_times(rows)
    assert first_ms(times, 50.0) == pytest.approx([2.0, 10.0, math.nan, math.nan], nan_ok=True)
    assert gap_ms(times) == pytest.approx([90.0, math.nan, math.nan, math.nan], nan_ok=True)
