"""How kernels are compiled: without the interpreter's lock, and kept on disk so that no later start compiles."""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
import platformdirs

_HOLDS_KERNELS = f"from {__name__} import"
_IMPORTED = re.compile(r"^from curator\.duplicates\.(\w+) import", re.MULTILINE)

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def _sources_digest() -> str:
    """A name for the present text of all kernels: numba does not notice that one which another calls has changed.

    Counted are the modules that hold kernels and what those import from this room, constants included.
    """
    sources = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")}
    wanted = [name for name, source in sources.items() if _HOLDS_KERNELS in source]
    counted: set[str] = {Path(__file__).stem}
    while wanted:
        name = wanted.pop()
        if name not in counted:
            counted.add(name)
            wanted += _IMPORTED.findall(sources[name])
    digest = hashlib.sha256()
    for name in sorted(counted):
        digest.update(sources[name].encode())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """A folder that can be written: the user's cache, or a temporary one of this user where there is no home."""
    wanted = platformdirs.user_cache_path("curator") / "kernels" / _sources_digest()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        wanted = Path(tempfile.gettempdir()) / f"curator-kernels-{os.getuid()}" / _sources_digest()
        wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
        return wanted
    return wanted if os.access(wanted, os.W_OK) else Path(tempfile.mkdtemp(prefix="curator-kernels-"))


if not numba.config.CACHE_DIR:  # NUMBA_CACHE_DIR, where a user set it
    numba.config.CACHE_DIR = str(_cache_folder())


def compiled_before() -> bool:
    """Whether kernels of the present text are kept on disk. If not, the first set to be prepared takes seconds more."""
    return any(Path(numba.config.CACHE_DIR).rglob("prepared._prepare-*.nbi"))


def inner_kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """As `kernel`, for what kernels call millions of times and what makes no array.

    Such code counts no references to its arrays: the counters are what two threads would wait for each other for.
    """
    options = {"nogil": True, "cache": True, "error_model": "numpy", "_nrt": False}
    return cast("Callable[Parameters, Result]", numba.njit(**options)(function))


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """`function` compiled for the types of its first call; callable from several threads at once."""
    return cast("Callable[Parameters, Result]", numba.njit(nogil=True, cache=True, error_model="numpy")(function))


@kernel
def grown(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """`array`, one-dimensional, with twice the room; assigning a slice would take seconds to compile."""
    larger = np.empty(2 * array.size, dtype=array.dtype)
    for at in range(array.size):
        larger[at] = array[at]
    return larger


signed = cast("Callable[[Any], int]", np.int64)
"""In a kernel: any number as a signed 64-bit one. Signed and unsigned together would make a float."""
