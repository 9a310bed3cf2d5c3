"""The client of the admin API: an instance, its sandboxes, and all that is in them."""
