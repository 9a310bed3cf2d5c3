"""Calls as generators of requests, the connection that they go through, and two transports that run them."""
