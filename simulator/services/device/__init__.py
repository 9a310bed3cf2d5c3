"""Use cases of the device surface, one file per group of Adobe's documentation."""
