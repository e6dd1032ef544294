"""What a mutation is."""

import random
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.mutation.talks import Example, Talk

Result = Example | bytes | None
"""A mutated example, the bytes of its line, or nothing where the talk does not lend itself to the mutation."""


class Mutation(NamedTuple):
    """One way to spoil an example: the check that should notice, which variant it is, and how to do it."""

    check: str
    variant: str
    mutate: Callable[[Talk, random.Random, list[Talk]], Result]
