"""The device surface, one file per group of operations as the documentation groups them."""
