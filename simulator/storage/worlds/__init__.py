"""Sandboxes and the layered states they point at: what a unit of work reads and writes."""
