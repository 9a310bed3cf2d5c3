"""Scenarios: documents that describe a whole world, and what turns them into its records.

A text becomes a document in `loading`, `library` applies what it extends, and `compiling` checks it
and yields the domain's entities. `exporting` is the way back. Nothing here touches storage.
"""
