"""pyuibench: the same app in every Python UI framework, verified and measured."""

__version__ = "0.1.0"
