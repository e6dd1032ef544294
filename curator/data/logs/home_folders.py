"""Names of people in the paths of their home folders, which session logs are full of."""

import re

_HOME = re.compile(
    rb"(?<![A-Za-z0-9.])((?:/home/|/Users/|[A-Za-z]:(?:\\)++Users(?:\\)++|[A-Za-z]:/Users/))"
    rb"([^/\\\s\"'`:;,<>|*?(){}\[\]$]{1,64}+)"
)
_NOBODY = frozenset({b"user", b"Shared", b"Public", b"Default", b"runner", b"linuxbrew"})
"""Names of nobody's folder, or of everybody's."""


def without_names(text: bytes) -> tuple[bytes, int]:
    r"""JSON in which each home folder is that of `user`, and how many there were.

    `/home/anna/shop` is `/home/user/shop`, `C:\\Users\\anna` is `C:\\Users\\user`. Folders that a program names after
    such a path, `-home-anna-shop`, follow.
    """
    names: set[bytes] = set()
    count = 0

    def unnamed(match: re.Match[bytes]) -> bytes:
        nonlocal count
        if match[2] in _NOBODY:
            return match[0]
        names.add(match[2])
        count += 1
        return match[1] + b"user"

    text = _HOME.sub(unnamed, text)
    for name in sorted(names):
        dashed = re.escape(re.sub(rb"[^A-Za-z0-9]", b"-", name))
        text, more = re.subn(rb"(-(?:home|Users)-)" + dashed + rb"(?![A-Za-z0-9])", rb"\1user", text)
        count += more
    return text, count
