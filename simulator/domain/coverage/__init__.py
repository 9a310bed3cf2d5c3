"""Coverage: what an app was shown of the backend, by axis, and what it did about it."""
