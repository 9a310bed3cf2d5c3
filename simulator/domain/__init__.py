"""The rules of the backend as pure functions and values: no I/O, no clock, no framework.

All instants are epoch milliseconds and all durations are milliseconds unless a name says otherwise.
"""
