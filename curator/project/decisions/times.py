"""A decision's time: microseconds since 1970 in UTC, and as text."""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST = (datetime(MINYEAR, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LATEST = (datetime(MAXYEAR, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_YEARS = 400
_CYCLE = timedelta(days=146_097) // _MICROSECOND
"""The calendar repeats after 400 years, which are so many microseconds."""
_BEYOND = re.compile(r"([+-][0-9]{6})(-.*)", re.ASCII | re.DOTALL)


class NoTime(ValueError):
    """A text is no time; the sentence says why."""


def time_text(microseconds: int) -> str:
    """A time as text: ISO 8601, UTC, to the microsecond; a year beyond 1 to 9999 has a sign and six digits."""
    if _EARLIEST <= microseconds <= _LATEST:
        return _text(microseconds)
    cycles, rest = divmod(microseconds, _CYCLE)
    text = _text(rest)
    return f"{int(text[:4]) + cycles * _YEARS:+07d}{text[4:]}"


def microseconds_of(text: str) -> int:
    """The time that a text says.

    Raises:
        NoTime: it says none.
    """
    beyond = _BEYOND.fullmatch(text)
    cycles, year = divmod(int(beyond[1]) - _EPOCH.year, _YEARS) if beyond else (0, 0)
    try:
        time = datetime.fromisoformat(f"{year + _EPOCH.year}{beyond[2]}" if beyond else text)
    except ValueError:
        raise NoTime(f"Its time is not one: '{text}'; 2026-11-24T09:30:00Z would be.") from None
    if time.tzinfo is None:
        raise NoTime(f"Its time has no zone: '{text}'; add Z for UTC.")
    return (time - _EPOCH) // _MICROSECOND + cycles * _CYCLE


def _text(microseconds: int) -> str:
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")
