"""Python's garbage collector, kept out of the way of what is there to stay.

Nothing that a start imports and makes is garbage, and going through all of it again and again would
only make the start, and later each answer, take longer.
"""

import gc


def hold() -> None:
    """Collect nothing until `settle`."""
    gc.disable()


def settle() -> None:
    """Collect from now on, but nothing of what there is already."""
    gc.freeze()
    gc.enable()


def release() -> None:
    """Collect again, for a verb that may go on for long."""
    gc.enable()
