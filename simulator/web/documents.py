"""What there is to read here, for people and programs, imported by the first request."""

from simulator.api import openapi as device_openapi

from . import certificates, documentation, logos, metrics, start

__all__ = ["certificates", "device_openapi", "documentation", "logos", "metrics", "start"]
