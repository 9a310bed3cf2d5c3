"""The device-facing API as an OpenAPI 3.1 document of our own, made from the code that serves it."""
