"""Captures of traffic: read, with stand-ins for what is secret in them, and what can be learnt of them."""
