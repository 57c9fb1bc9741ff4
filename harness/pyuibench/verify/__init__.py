"""Conformance: proves that a variant does what the contract says, in a real browser and on the wire."""
