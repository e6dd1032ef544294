"""What the checks find in the examples of a review as they are now, edited and added ones included."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.decided.checking import check_contents
from curator.audit.engine import Audit
from curator.audit.findings import published, severity_rank
from curator.audit.open_data import Opened
from curator.data.finding import Finding
from curator.review.decisions import DecisionState
from curator.review.positions import ExamplePositions, Positions

NO_SEVERITY = 3
_MOST_COUNTED = 8000


class Edits:
    """The audit of a review, brought up to date with every edit.

    Attributes:
        audit: of the data, with its examples as they are now.
        severity: uint8, shape (examples,): 0 error, 1 warning, 2 info, 3 nothing found.
    """

    def __init__(self, opened: Opened, audit: Audit, positions: ExamplePositions) -> None:
        """Of an audit as `Opened.as_edited` gives it."""
        self._opened, self._positions, self.audit = opened, positions, audit
        self._found = audit.source_findings.filter(pl.col("row").is_not_null())
        self._rows = self._found["row"].to_numpy()
        self._ranks = _ranks(self._found)
        facts = audit.loaded.facts
        self._length = "tokens" if "tokens" in facts.columns else "characters"
        self._in_source = _gravest(self._rows, self._ranks, len(facts))
        self._ranked: Positions | None = None
        self._lengths: Positions | None = None
        self._counts = np.bincount(self._rows, minlength=len(facts))
        self._weigh()

    def reload(self) -> None:
        """Check all that was edited and added, where that was not done yet."""
        self.audit = self._opened.as_edited(self.audit)
        self._weigh()

    def refresh(self, states: Mapping[str, DecisionState]) -> None:
        """Check those of these examples whose text is another one now."""
        before = self.audit.edited
        changed = {
            id_: state.content
            for id_, state in states.items()
            if before.contents.get(id_) != state.content and self._positions.position_of(id_) is not None
        }
        if changed:
            together = {id_: text for id_, text in (before.contents | changed).items() if text is not None}
            edited = check_contents(self.audit.options, self.audit.loaded, together, before)
            self.audit = replace(self.audit, edited=edited)
            self._weigh()

    def findings_at(self, position: int) -> list[Finding]:
        """What the checks find in an example, gravest first."""
        loaded = self.audit.loaded
        return list(published(self._found_at(position).sort(severity_rank(), maintain_order=True), loaded))

    def checks_at(self, position: int) -> tuple[str, ...]:
        """Names of the checks that found something in an example, each once, the gravest finding first."""
        if self._row(position) is None:
            begin, end = _rows_of(self._rows, position)
            checks, ranks = self._found["check"][begin:end].to_list(), self._ranks[begin:end]
        else:
            found = self._found_at(position)
            checks, ranks = found["check"].to_list(), _ranks(found)
        return tuple(dict.fromkeys(checks[place] for place in np.argsort(ranks, kind="stable")))

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """How long each example is, int64, shape (examples,): tokens, or characters where those were not counted."""
        if self._lengths is None:
            lengths = np.zeros(len(self._positions), dtype=np.int64)
            lengths[: len(self._in_source)] = self.audit.loaded.facts[self._length].to_numpy()
            if self.audit.edited.contents:
                lengths[self._edited_at()] = self.audit.edited.facts[self._length].to_numpy()
            self._lengths = lengths
        return self._lengths

    def by_severity(self) -> Positions:
        """All positions, those with the gravest and most findings first."""
        if self._ranked is None:
            weight = self.severity.astype(np.int16) * 8192 - self._counted.clip(max=_MOST_COUNTED).astype(np.int16)
            self._ranked = np.argsort(weight, kind="stable")
        return self._ranked

    def _weigh(self) -> None:
        """Severities and counts of findings, with those of edited texts in their places."""
        edited, more = self.audit.edited, len(self._positions) - len(self._in_source)
        self.severity = np.append(self._in_source, np.full(more, NO_SEVERITY, dtype=np.uint8))
        self._counted = np.append(self._counts, np.zeros(more, dtype=self._counts.dtype))
        if edited.contents:
            edited_at, rows = self._edited_at(), edited.findings["row"].to_numpy()
            self.severity[edited_at] = _gravest(rows, _ranks(edited.findings), len(edited_at))
            self._counted[edited_at] = np.bincount(rows, minlength=len(edited_at))
        self._ranked, self._lengths = None, None

    def _edited_at(self) -> Positions:
        """Where each edited or added example is."""
        return self._positions.positions_of(list(self.audit.edited.contents))

    def _row(self, position: int) -> int | None:
        """The row of an edited or added example among those; None: it is as in its source."""
        return self.audit.edited.rows.get(self._positions.id_at(position)) if self.audit.edited.contents else None

    def _found_at(self, position: int) -> pl.DataFrame:
        """`FINDINGS` of an example; what they say of its place counts from the start of the set."""
        row = self._row(position)
        if row is None:
            begin, end = _rows_of(self._rows, position)
            return self._found[begin:end]
        return self.audit.edited.findings.filter(pl.col("row") == row)


def _rows_of(rows: npt.NDArray[np.integer], position: int) -> tuple[int, int]:
    """Where in `rows` (sorted) those of a position begin and end.

    What is looked for has the type of `rows`: numpy would else convert a million numbers to look for two.
    """
    begin, end = np.searchsorted(rows, np.array([position, position + 1], dtype=rows.dtype))
    return int(begin), int(end)


def _ranks(findings: pl.DataFrame) -> npt.NDArray[np.uint8]:
    return findings.select(severity_rank()).to_series().to_numpy()


def _gravest(rows: npt.NDArray[np.integer], ranks: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """The rank of the gravest finding of each of `size` examples."""
    severity = np.full(size, NO_SEVERITY, dtype=np.uint8)
    for rank in (2, 1, 0):
        severity[rows[ranks == rank]] = rank
    return severity
