"""The process of a server: ports, log, event loop, workers, a clean start and stop."""
