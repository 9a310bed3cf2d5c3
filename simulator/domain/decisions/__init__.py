"""Decisions and all that they look at: entitlements, ratings, TempPass, degradation, media tokens."""
