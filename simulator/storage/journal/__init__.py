"""The journal's rows, and what is asked of them."""
