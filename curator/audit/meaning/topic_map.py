"""The map of meaning for a report: which examples are drawn, where, and what each says when pointed at."""

import numpy as np
import polars as pl

from curator.audit.engine import Audit
from curator.audit.findings import Locations, severity_rank
from curator.audit.ids import ids_of
from curator.audit.meaning.meaning import Meaning, views_at
from curator.checks.privacy.secret_keys import without_secrets
from curator.reporting.html import MapPicture, MapPoint

DRAWN = 3000
"""Points on a page: more can neither be distinguished nor be pointed at, and each costs 300 bytes."""

COLOURED = 12
LABEL = 160  # characters of a prompt and of an answer
_LOOKED_AT = 4 * LABEL  # characters in which secrets are looked for before a label is cut: half a secret is one still
WIDTH, HEIGHT = 100, 60
_SEVERITIES = ("error", "warning", "info", "none")


def topic_map(audit: Audit, meaning: Meaning, state: pl.DataFrame) -> MapPicture:
    """Up to `DRAWN` examples: the outliers first, then as many drawn evenly from all.

    Args:
        audit: of the data.
        meaning: of the audit.
        state: what was decided.
    """
    chosen = _drawn(audit, meaning)
    coordinates, views = Locations(audit.loaded), views_at(audit.loaded, chosen)
    ranks = np.full(len(audit.loaded.facts), 3)
    reported = audit.findings.filter(pl.col("row").is_not_null()).select("row", severity_rank().alias("rank"))
    np.minimum.at(ranks, reported["row"].to_numpy(), reported["rank"].to_numpy().astype(np.int64))
    status = dict(state.select("id", pl.col("status").cast(pl.String)).iter_rows())
    ids = ids_of(audit.loaded)
    points = []
    for position in sorted(chosen, key=lambda at: -ranks[at]):  # the gravest findings are drawn last, above the others
        topic, x, y, _ = meaning.examples.row(position)
        place = coordinates.at(position)
        said = " ⟶ ".join(without_secrets(part[:_LOOKED_AT])[0][:LABEL] for part in views[position] if part)
        title = meaning.topics["title"][topic] if topic >= 0 else "no text"
        points.append(
            MapPoint(
                x=round(x * WIDTH, 2),
                y=round((1 - y) * HEIGHT, 2),
                topic=topic,
                finding=_SEVERITIES[ranks[position]],
                decision=status.get(ids[position]) or "pending",
                label=f"{place.file}:{place.line} ({title})\n{said}",
                example=place.example or "",
            )
        )
    count = len(audit.loaded.facts)
    shown = "Every example is a point" if len(points) == count else f"{len(points):,} of {count:,} examples are points"
    return MapPicture(
        points,
        COLOURED,
        f"{shown}; what is near is alike in meaning. Point at one, tap it, or use the arrow keys to read it.",
    )


def _drawn(audit: Audit, meaning: Meaning) -> list[int]:
    there = meaning.examples["topic"].to_numpy() >= 0
    alone = audit.findings.filter((pl.col("check") == "outlier") & pl.col("row").is_not_null())["row"].to_numpy()
    first = np.unique(alone[:DRAWN].astype(np.int64))
    others = np.setdiff1d(np.flatnonzero(there), first)
    room = min(DRAWN - len(first), len(others))
    evenly = others[np.linspace(0, len(others) - 1, room).astype(np.int64)] if room else others[:0]
    return [int(position) for position in np.sort(np.concatenate([first, evenly]))]
