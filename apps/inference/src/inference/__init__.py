"""Two language models for the pages that ask one.

`models` loads and asks them, as their library's documentation does; `texts` are what they are asked. Both run on the CPU, in one
thread, without a network.
"""
