"""The admin API described: its OpenAPI document, and the page made of it."""
