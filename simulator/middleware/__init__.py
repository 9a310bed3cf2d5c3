"""What happens around every request: its sandbox, its errors, its headers, the right to use it."""
