"""Two machine instructions for kernels: reading a number at an address, and counting the bits of one.

The first is how kernels walk shingles that lie in many mapped files without copying them.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.core.typing.templates import Signature
from numba.extending import intrinsic


def _load(_typing_context: Any, _address: Any) -> tuple[Signature, Callable[..., Any]]:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.PointerType(ir.IntType(64)))
        return builder.load(pointer)

    return types.uint64(types.uint64), generate


load = cast("Callable[[Any], Any]", intrinsic(_load))
"""The unsigned 64-bit number at an address. The caller keeps the array that holds it alive."""


def _count_bits(_typing_context: Any, _value: Any) -> tuple[Signature, Callable[..., Any]]:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


count_bits = cast("Callable[[Any], Any]", intrinsic(_count_bits))
"""How many bits of an unsigned 64-bit number are set."""
