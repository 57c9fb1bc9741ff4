"""Turns a stored run into a report: reads and judges nothing anew, only selects, estimates and lays out."""

from pyuibench.report.build import build

__all__ = ["build"]
