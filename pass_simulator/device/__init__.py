"""A device that is played: its app, its headers, and what it is answered."""
