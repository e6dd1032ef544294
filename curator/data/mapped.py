"""Arrays that are mapped from a file."""

import mmap
from typing import Any


def release(array: Any) -> None:
    """Give the memory of an array that is mapped back to the system; it is read from the disk again where needed.

    An array in memory, or a system without such an advice, is left as it is.
    """
    owner = array
    while owner is not None and not isinstance(owner, mmap.mmap):
        owner = getattr(owner, "base", None)
    if owner is not None and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)
