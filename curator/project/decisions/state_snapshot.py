"""The state of a project's decisions, quickly: a snapshot of the log so far, and a replay of what came after it.

The state of an example depends on its own decisions alone, so only the examples that later decisions and undos touch
are replayed; the result equals a replay of everything.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from curator.project.cache import Cache
from curator.project.decisions.decision import fault_of_value
from curator.project.decisions.decision_state import LOG, labels_of, replay
from curator.project.decisions.log import COLUMNS, DecisionLog, undone_units

_SNAPSHOT = "state-2"
"""Under which the cache keeps the snapshot; counts up when the state of unchanged decisions would change."""

_WORTH_A_SNAPSHOT = 20_000
"""Entries of the log after the latest snapshot that make another one worth writing."""

_MOST_TO_REPLAY = 100_000
"""Examples beyond which replaying everything is quicker than replaying some."""


class _Known(NamedTuple):
    """The state as it was when the log went as far as `position`."""

    position: int
    state: pl.DataFrame


class States:
    """The present state of a project.

    Args:
        log: its decisions.
        cache: where the snapshot is kept, in a folder of its own; safe to delete.
    """

    def __init__(self, log: DecisionLog, cache: Cache) -> None:
        self._log = log
        self._database = log.database
        self._cache = Cache(cache.folder / "state")
        self._known: _Known | None = None

    def present(self) -> pl.DataFrame:
        """`STATE`, a row per example ever decided about, sorted by id."""
        position = self._log.position()
        snapshot = self._known or self._snapshot()
        state = self.replayed() if snapshot is None else self._brought_up(snapshot, position)
        if position - (snapshot.position if snapshot else 0) >= _WORTH_A_SNAPSHOT and not self._database.readonly:
            self._keep(position, state)
        self._known = _Known(position, state)
        return state

    def replayed(self) -> pl.DataFrame:
        """`STATE`, from the whole log and nothing else."""
        return replay(self._decisions(), self._log.undone())

    def of(self, examples: Sequence[str]) -> pl.DataFrame:
        """`STATE` of some examples; one that was never decided about has no row."""
        return replay(self._decisions_on(examples), self._log.undone())

    def labels(self, examples: Sequence[str] | None = None) -> pl.DataFrame:
        """`LABELS` that stand, of some examples; None: of all."""
        log = self._decisions("WHERE action = 'label'") if examples is None else self._decisions_on(examples)
        return labels_of(log, self._log.undone())

    def labels_by(self, beginning: str) -> pl.DataFrame:
        """`LABELS` that stand, of the annotators whose names begin so; none of an example edited since."""
        end = beginning[:-1] + chr(ord(beginning[-1]) + 1)
        log = self._decisions("WHERE action = 'label' AND annotator >= ? AND annotator < ?", [beginning, end])
        labels = labels_of(log, self._log.undone())
        if not len(labels):
            return labels
        edits = self._database.rows("SELECT example, max(time) FROM decision WHERE action = 'edit' GROUP BY example")
        edited = pl.DataFrame(edits, schema={"id": pl.String, "edited": pl.Int64}, orient="row")
        known = labels.join(edited, on="id", how="left", maintain_order="left")
        return known.filter(pl.col("edited").is_null() | (pl.col("edited") < pl.col("time"))).drop("edited")

    def _brought_up(self, snapshot: _Known, position: int) -> pl.DataFrame:
        if position == snapshot.position:
            return snapshot.state
        undone = self._log.undone()
        touched = self._touched_since(snapshot.position, undone)
        if len(touched) > _MOST_TO_REPLAY:
            return self.replayed()
        again = replay(self._decisions_on(touched), undone)
        rest = snapshot.state.filter(~pl.col("id").is_in(pl.Series(list(touched), dtype=pl.String).implode()))
        return pl.concat([rest, again]).sort("id")

    def _touched_since(self, position: int, undone: set[str]) -> set[str]:
        """Examples about which something was decided, undone or redone after `position`."""
        rows = self._database.rows(
            "SELECT DISTINCT example FROM decision WHERE sequence > ? AND example IS NOT NULL", [position]
        )
        touched = {example for (example,) in rows}
        before = undone_units(
            self._database.rows(
                "SELECT id, undoes FROM decision WHERE action = 'undo' AND sequence <= ? ORDER BY time, id", [position]
            )
        )
        for unit in before ^ undone:
            touched.update(self._log.examples_of(unit))
        return touched

    def _decisions_on(self, examples: Collection[str]) -> pl.DataFrame:
        return self._decisions("WHERE example IN (SELECT value FROM json_each(?))", [json.dumps(list(examples))])

    def _decisions(self, where: str = "WHERE action != 'undo'", values: Sequence[str] = ()) -> pl.DataFrame:
        """`LOG`, built in pieces so that the rows as Python objects never are all in memory.

        A row that an earlier version took in and that means nothing does not count, and stops nothing.
        """
        query = f"SELECT {', '.join(LOG.names())} FROM (SELECT {COLUMNS} FROM decision {where})"
        chunks = self._database.chunks(f"{query} WHERE example IS NOT NULL", values)
        frames = [
            pl.DataFrame(dict(zip(LOG.names(), zip(*rows, strict=True), strict=True)), schema=LOG) for rows in chunks
        ]
        return _meaningful(pl.concat(frames)) if frames else pl.DataFrame(schema=LOG)

    def _snapshot(self) -> _Known | None:
        """The snapshot on disk, if it is of this very log: the last decision it knows must be at its place."""
        path = self._cache.entry(_SNAPSHOT)
        if path is None:
            return None
        about = pl.read_parquet_metadata(path)
        position = int(about["position"])
        rows = self._database.rows("SELECT id FROM decision WHERE sequence = ?", [position])
        return _Known(position, pl.read_parquet(path, glob=False)) if rows == [(about["decision"],)] else None

    def _keep(self, position: int, state: pl.DataFrame) -> None:
        [(decision,)] = self._database.rows("SELECT id FROM decision WHERE sequence = ?", [position])
        about = {"position": str(position), "decision": decision}

        def write(path: Path) -> None:
            state.write_parquet(path, metadata=about)

        self._cache.store(_SNAPSHOT, write)


def _meaningful(log: pl.DataFrame) -> pl.DataFrame:
    """Without labels, edits, additions and accepted findings whose value is none."""
    valued = log.with_row_index("row").filter(pl.col("action").is_in(["label", "edit", "add", "accept", "keep"]))
    unsound = [
        row
        for row, action, value in valued.select("row", "action", "value").iter_rows()
        if fault_of_value(action, value) is not None
    ]
    return log.with_row_index("row").filter(~pl.col("row").is_in(unsound)).drop("row") if unsound else log
