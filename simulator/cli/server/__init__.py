"""The process of a server: ports, log, event loop, a clean start and stop."""
