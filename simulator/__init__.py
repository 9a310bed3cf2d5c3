"""A stand-in for the Adobe Pass Authentication backend, with real state behind it."""

import os
import sys

__version__ = "0.1.0"

# A project may have a folder of this name without an __init__.py, to which Python prefers a package.
# The modules in it are found all the same, behind ours.
__path__ += [
    folder
    for folder in (os.path.join(each or os.getcwd(), "simulator") for each in sys.path)
    if folder not in __path__
    and os.path.isdir(folder)
    and not os.path.exists(f"{folder}/__init__.py")
]
