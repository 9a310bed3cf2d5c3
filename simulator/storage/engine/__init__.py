"""Connections and transactions, SQLite's and PostgreSQL's: how a unit of work reaches the database."""
