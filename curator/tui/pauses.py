"""Keep the garbage collector from stopping the app: a look at all objects takes a tenth of a second and more."""

import gc

_YOUNG, _MIDDLE, _OLD = 2_000, 10, 50
"""Allocations between two looks at the youngest objects, such looks between two at the middle ones, and those between
two at all of them. Measured with a million examples open: young and middle ones take milliseconds; all of them took 70
to 650."""


def collect_seldom() -> None:
    """Call it once all is imported and the data are open: what is there by now stays, and is never looked at again."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
