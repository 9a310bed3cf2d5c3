"""Python's garbage collector, kept out of the way of what is there to stay.

Nothing that a start imports and makes is garbage, and going through all of it again and again would
only make the start, and later each answer, take longer.
"""

import gc


def disable() -> None:
    """Collect nothing until `freeze`."""
    gc.disable()


def freeze() -> None:
    """Collect from now on, but nothing of what there is already."""
    gc.freeze()
    gc.enable()


def enable() -> None:
    """Collect again, for a verb that may go on for long."""
    gc.enable()
