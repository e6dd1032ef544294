"""Machine instructions that Python has no word for, for kernels.

Reading a number at an address is how kernels walk shingles that lie in many mapped files without copying them; bits are
counted to bound similarities; and the characters of 64 bytes are classified at once, because most text is plain ASCII.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from llvmlite import ir

from curator.jit import Signature, intrinsic, make_array, types

Generated = tuple[Signature, Callable[..., Any]]

WINDOW = 64
"""Bytes that `characters_of` looks at."""


def _load(_typing_context: Any, _address: Any) -> Generated:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.PointerType(ir.IntType(64)))
        return builder.load(pointer)

    return types.uint64(types.uint64), generate


load = cast("Callable[[Any], Any]", intrinsic(_load))
"""The unsigned 64-bit number at an address. The caller keeps the array that holds it alive."""


def _count_bits(_typing_context: Any, _value: Any) -> Generated:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


count_bits = cast("Callable[[Any], Any]", intrinsic(_count_bits))
"""How many bits of an unsigned 64-bit number are set."""


def _zeros_below(_typing_context: Any, _value: Any) -> Generated:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


zeros_below = cast("Callable[[Any], int]", intrinsic(_zeros_below))
"""How many bits of an unsigned 64-bit number are clear below its lowest set one; 64 where none is set."""


def _read(context: Any, builder: Any, signature: Any, arguments: Any, kind: Any) -> Any:
    """The value of `kind` at an offset in bytes."""
    data = make_array(signature.args[0])(context, builder, value=arguments[0]).data
    place = builder.bitcast(builder.gep(data, [arguments[1]]), ir.PointerType(kind))
    return builder.load(place, align=1)


def _eight_bytes(_typing_context: Any, data: Any, _at: Any) -> Generated:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _read(context, builder, signature, arguments, ir.IntType(64))

    return types.uint64(data, types.int64), generate


eight_bytes = cast("Callable[[Any, int], Any]", intrinsic(_eight_bytes))
"""The bytes `data[at : at + 8]` as an unsigned 64-bit number, the first one lowest. All of them must be there."""


class CharacterMasks(NamedTuple):
    """What stands in a window of bytes, a bit each, the first byte lowest.

    Attributes:
        words: letters, digits and low lines of ASCII.
        letters: of ASCII.
        digits: of ASCII.
        others: what is not ASCII.
        dots: full stops.
        joins: `+` and `#`.
        symbols: ASCII symbols, these two among them; see `curator.duplicates.text.characters.SYMBOLS`.
    """

    words: Any
    letters: Any
    digits: Any
    others: Any
    dots: Any
    joins: Any
    symbols: Any


def _characters_of(_typing_context: Any, data: Any, _at: Any) -> Generated:
    each = ir.VectorType(ir.IntType(8), WINDOW)

    def all_of(value: int) -> Any:
        return ir.Constant(each, [value] * WINDOW)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _read(context, builder, signature, arguments, each)
        small = builder.or_(found, all_of(0x20))

        def among(values: Any, first: str, last: str) -> Any:
            below = builder.sub(values, all_of(ord(first)))
            return builder.icmp_unsigned("<", below, all_of(ord(last) - ord(first) + 1))

        def any_of(*masks: Any) -> Any:
            return functools.reduce(builder.or_, masks)

        def equal(values: Any, character: str) -> Any:
            return builder.icmp_unsigned("==", values, all_of(ord(character)))

        letters, digits = among(small, "a", "z"), among(found, "0", "9")
        others = builder.icmp_signed("<", found, all_of(0))
        joins = any_of(equal(found, "+"), equal(found, "#"))
        # of two characters that differ in the bit of small letters, both are symbols: @ and `, \\ and |, ^ and ~
        twins = any_of(equal(small, "`"), equal(small, "|"), equal(small, "~"))
        marks = any_of(equal(found, "-"), equal(found, "/"), among(found, "<", ">"))
        symbols = any_of(twins, marks, among(found, "#", "&"), among(found, "*", "+"))
        words = any_of(letters, digits, equal(found, "_"))
        masks = CharacterMasks(words, letters, digits, others, equal(found, "."), joins, symbols)
        return context.make_tuple(
            builder, signature.return_type, [builder.bitcast(mask, ir.IntType(WINDOW)) for mask in masks]
        )

    return types.NamedUniTuple(types.uint64, len(CharacterMasks._fields), CharacterMasks)(data, types.int64), generate


characters_of = cast("Callable[[Any, int], CharacterMasks]", intrinsic(_characters_of))
"""What `data[at : at + WINDOW]` are. All of the bytes must be there."""
