"""The one way to compile a kernel: one decorator, one cache, one digest of sources. Only this module imports numba.

Compiled kernels are kept on disk so that no later start compiles, and numba unpickles what it finds there, which runs
whatever that says. So the cache lies where nobody else can write; where there is no such place, nothing is kept.
"""

import grp
import hashlib
import os
import pwd
import re
import stat
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
import platformdirs

_IN_WORKING_FOLDER = ".numba_config.yaml"
_exists = os.path.exists
try:  # numba takes settings, and with them the place of its cache, from this file in the working folder
    os.path.exists = lambda path: path != _IN_WORKING_FOLDER and _exists(path)
    import numba
finally:
    os.path.exists = _exists
from numba import types  # noqa: E402
from numba.core import config  # noqa: E402
from numba.core.typing.templates import Signature  # noqa: E402
from numba.extending import intrinsic  # noqa: E402
from numba.np.arrayobj import make_array  # noqa: E402

config._config_fname = os.devnull  # it looks there again whenever it compiles
config.reload_config()


def _load_array_functions() -> None:
    """Load numba's array functions without scipy.linalg, which they import only to learn whether it is there.

    That takes a third of a second, and no kernel here multiplies matrices. Other programs' kernels find it as ever.
    """
    asked = "scipy.linalg.cython_blas"
    if asked in sys.modules or "numba.np.arraymath" in sys.modules:
        return
    sys.modules[asked] = None  # type: ignore[assignment]
    try:
        from numba.np import arraymath
    finally:
        del sys.modules[asked]
    arraymath._HAVE_BLAS = find_spec("scipy") is not None


_load_array_functions()

__all__ = [
    "CACHE",
    "Signature",
    "compiled_before",
    "grown",
    "inner_kernel",
    "intrinsic",
    "kernel",
    "make_array",
    "reassociating_kernel",
    "signed",
    "types",
]

ROOMS = ("duplicates", "embedding", "tokens")
"""Where kernels are."""
_HOLDS_KERNELS = f"from {__name__} import"
_IMPORTED = re.compile(r"^from (curator\.[\w.]+) import", re.MULTILINE)
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def _sources_digest() -> str:
    """A name for the present text of all kernels: numba does not notice that one which another calls has changed.

    Counted are the modules that hold kernels and what those import from the rooms of kernels, constants included.
    """
    package = Path(__file__).parent
    files = [file for room in ROOMS for file in (package / room).rglob("*.py")]
    sources = {".".join(("curator", *file.relative_to(package).with_suffix("").parts)): file for file in files}
    texts = {name: file.read_text(encoding="utf-8") for name, file in sources.items()}
    wanted = [name for name, text in texts.items() if _HOLDS_KERNELS in text]
    counted: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in texts and name not in counted:
            counted.add(name)
            wanted += _IMPORTED.findall(texts[name])
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in sorted(counted):
        digest.update(texts[name].encode())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path | None:
    """Where kernels are kept: below what NUMBA_CACHE_DIR names, else in the user's cache; None where that is not safe.

    Who names a place trusts those who can write there; what others have put into it is not used all the same.
    """
    digest, named = _sources_digest(), os.environ.get("NUMBA_CACHE_DIR", "")
    try:
        if os.path.isabs(named):  # noqa: PTH117 - a relative one would be in the working folder
            Path(named).mkdir(parents=True, exist_ok=True)
            return _own_folder(Path(named).resolve() / f"curator-{digest}")
        place = platformdirs.user_cache_path("curator")
        if not place.is_absolute():
            return None
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = _own_folder(place.parent.resolve() / place.name)
        for name in ("kernels", digest):
            folder = folder and _own_folder(folder / name)
        return folder if folder and all(_is_out_of_reach(parent) for parent in folder.parents) else None
    except OSError:
        return None


def _own_folder(folder: Path) -> Path | None:
    """The folder, made where it is not there; None where it is a link, another user's, or others could write there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or _others_write(found):
        return None
    return folder if os.access(folder, os.W_OK) else None


def _is_out_of_reach(parent: Path) -> bool:
    """Whether nobody but this user and root can put another folder in the place of one in `parent`."""
    found = parent.lstat()
    return found.st_uid in (0, os.geteuid()) and (not _others_write(found) or bool(found.st_mode & stat.S_ISVTX))


def _others_write(found: os.stat_result) -> bool:
    """Whether anybody else may write there; the group that a user has alone is nobody else."""
    granted = found.st_mode & _WRITABLE_BY_OTHERS
    return bool(granted) and not (granted == stat.S_IWGRP and _is_own_group(found.st_gid))


def _is_own_group(number: int) -> bool:
    try:
        user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(number)
    except KeyError:
        return False
    return group.gr_name == user and set(group.gr_mem) <= {user}


CACHE = _cache_folder()
"""Where the kernels of the present text are kept; None: each start compiles what it needs."""
_decorating = Lock()


def compiled_before() -> bool:
    """Whether kernels of the present text are kept on disk. If not, the first set to be prepared takes seconds more."""
    return CACHE is not None and any(CACHE.rglob("block_features._prepare-*.nbi"))


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """`function` compiled for the types of its first call; callable from several threads at once."""
    return _compiled(function)


def inner_kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """As `kernel`, for what kernels call millions of times and what makes no array.

    Such code counts no references to its arrays: the counters are what two threads would wait for each other for.
    """
    return _compiled(function, _nrt=False)


def reassociating_kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """As `kernel`, for sums of float32 whose last digit may depend on the processor."""
    return _compiled(function, fastmath={"reassoc", "contract"})


def _compiled(function: Callable[Parameters, Result], **options: Any) -> Callable[Parameters, Result]:
    """Numba asks where its cache is while it decorates; a program that uses it too finds its own settings again."""
    with _decorating:
        before = config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES
        config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = str(CACHE or ""), ""
        try:
            how = {"nogil": True, "cache": CACHE is not None, "error_model": "numpy", **options}
            return cast("Callable[Parameters, Result]", numba.njit(**how)(function))
        finally:
            config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = before


@kernel
def grown(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """`array`, one-dimensional, with twice the room; assigning a slice would take seconds to compile."""
    larger = np.empty(2 * array.size, dtype=array.dtype)
    for at in range(array.size):
        larger[at] = array[at]
    return larger


signed = cast("Callable[[Any], int]", np.int64)
"""In a kernel: any number as a signed 64-bit one. Signed and unsigned together would make a float."""
