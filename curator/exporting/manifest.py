"""The manifest of an export: what is in it, what it was made of, and by which rules."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from curator import __version__
from curator.targets.limits import rule_set
from curator.targets.prices import estimate
from curator.targets.target import Target

MANIFEST, CARD = "manifest.json", "README.md"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Origin:
    """What an export was made of.

    Attributes:
        sources: per source file its name, size and fingerprint.
        decisions: how far the decision log had come: its last position, and what else identifies it.
        tokenizer: that counted the tokens.
        split: a sentence about how the split was made, where a person should know.
        facts: further facts for the manifest, by name.
        secrets: what became of examples with a secret; None: they were not searched.
    """

    sources: list[dict[str, Any]] = field(default_factory=list)
    decisions: dict[str, Any] | None = None
    tokenizer: str | None = None
    split: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    secrets: Literal["stop", "mask", "allow"] | None = None


def manifest_of(
    target: Target,
    entries: list[dict[str, Any]],
    counts: dict[str, int],
    form: str | None,
    origin: Origin,
    *,
    model: str | None,
    epochs: int | None,
    own_prices: dict[str, Any] | None,
    skipped: int,
    lost: int,
    losses: dict[str, int],
    warnings: dict[str, int],
    secrets: int,
    media: int,
    findings: dict[str, int],
) -> dict[str, Any]:
    """What `manifest.json` holds, but for the files beside the data. Raises `UsageError` for a wrong price table."""
    tokens = entries[0].get("tokens")
    costs = None
    if tokens is not None:
        costs = estimate(
            tokens, entries[0]["examples"], target.name, model=model, epochs=epochs, own_prices=own_prices
        ).as_json()
    return {
        "schema_version": SCHEMA_VERSION,
        "target": target.name,
        "rule_set": rule_set(),
        "curator": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "form": form,
        "files": entries,
        "examples": counts,
        "skipped": skipped,
        "lost": {"examples": lost, "by_field": losses},
        "warnings": warnings,
        "secrets": secrets_entry(origin.secrets, secrets),
        "media": media,
        "open_findings": _by_check(findings),
        "model": model,
        "tokenizer": origin.tokenizer,
        "estimate": costs,
        "sources": origin.sources,
        "decisions": origin.decisions,
        "split": origin.split,
        **origin.facts,
    }


def seal_of(manifest: dict[str, Any]) -> str:
    """SHA-256 over everything else in a manifest: a manifest that has it is ours, and as it was written."""
    rest = {name: value for name, value in manifest.items() if name != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def secrets_entry(policy: str | None, examples: int) -> dict[str, Any] | None:
    """What became of the secrets in what was written; None: they were not searched."""
    if policy is None:
        return None
    return {"policy": policy if examples else "none found", "examples": examples}


def _by_check(findings: dict[str, int]) -> list[dict[str, Any]]:
    """Open findings by check and severity, the gravest first, then the most frequent."""
    order = ("error", "warning", "info")
    rows = [(name.partition("/")[0], name.partition("/")[2], examples) for name, examples in findings.items()]
    rows.sort(key=lambda row: (order.index(row[1]), -row[2], row[0]))
    return [{"check": check, "severity": severity, "examples": examples} for check, severity, examples in rows]
