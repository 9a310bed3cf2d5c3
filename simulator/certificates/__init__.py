"""HTTPS for devices: an authority of our own, certificates for every address, and bad ones on purpose."""
