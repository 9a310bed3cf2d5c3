"""`python -m simulator`, the same as `pass-simulator`."""

from .cli import main

main()
