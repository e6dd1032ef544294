"""Addresses of machines."""

import ipaddress
import re
from collections.abc import Iterator

import polars as pl

from curator.checks.check import Check, CheckSettings
from curator.checks.privacy.masking import Personal, as_info, masked, report_personal
from curator.data.frames import Batch

_FOUR = re.compile(
    r"(?<![A-Za-z0-9_.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
    r"(?![A-Za-z0-9_]|\.\d|/(?!32\b)\d|-(?!\d{1,3}\.\d{1,3}\.))"
)
_SIX = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::|[0-9A-Fa-f]{1,4})(?::?[0-9A-Fa-f]{1,4}){0,6}(?![\w:])")
_VERSION = re.compile(
    r"(?:\b(?:v|ver|version|versions|release|build|firmware|driver|update|upgrade|section|sec|chapter|clause|article"
    r"|figure|table|step|appendix|paragraph|rfc|oid|package|sdk|api|software|revision|rev|patch|python|java|node)\b"
    r"[ .:#]*(?:number |no\.? |is |to |from |of )?|(?:[§/=~^@]|(?<!\d)-) ?|[A-Za-z]/)$",
    re.IGNORECASE,
)
_BEFORE = 30
_LOW = 30
"""Where all four numbers are lower, they count parts of a document or of a program and not machines."""
_OF_A_MACHINE = re.compile(
    r"\b(?:ping|ip|ips|host|server|address|ssh|curl|telnet"
    r"|traceroute)\b[^\d\n]{0,12}$",
    re.IGNORECASE,
)
_BYTES = re.compile(r"(?:[0-9A-Fa-f]{2}:)+[0-9A-Fa-f]{2}")
"""A fingerprint or the address of a network card: pairs of digits."""
_RESOLVERS = re.compile(r"8\.8\.(?:8\.8|4\.4)|1\.1\.1\.1|1\.0\.0\.1|9\.9\.9\.9|208\.67\.22[02]\.22[02]|4\.2\.2\.2")
"""Public name servers, which name nobody."""


def ip_addresses(text: str) -> Iterator[Personal]:
    """Addresses of machines on the public internet; not networks, version or section numbers, nor name servers."""
    for match in _FOUR.finditer(text):
        address = match.group()
        if _RESOLVERS.fullmatch(address) or not ipaddress.IPv4Address(address).is_global:
            continue
        is_count = all(int(part) < _LOW for part in address.split("."))
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if _VERSION.search(before) or (is_count and not _OF_A_MACHINE.search(before)):
            continue
        found = Personal(match.start(), match.end(), masked(address, len(address.split(".")[0]), 0))
        yield as_info(found) if is_count else found
    for match in _SIX.finditer(text):
        try:
            six = ipaddress.IPv6Address(match.group())
        except ipaddress.AddressValueError:
            continue
        if _BYTES.fullmatch(match.group()) is None and six.is_global and ("::" not in match.group() or six in _UNICAST):
            yield Personal(match.start(), match.end(), masked(match.group(), 4, 0))


_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that has been given out; a shortened address outside is a name of a program (RFC 4291)."""


def _find(batch: Batch, _settings: CheckSettings) -> pl.DataFrame:
    likely = r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]"
    return report_personal("ip-address", "a public network address", batch, likely, ip_addresses)


IP_ADDRESS = Check(
    name="ip-address",
    family="privacy",
    severity="warning",
    suggestion="review",
    version=3,
    title="an address of a machine",
    find=_find,
)
