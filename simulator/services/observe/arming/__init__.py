"""Arming a sandbox: whatever an app was not shown yet, its next matching call shows it."""
