"""The outcome of an audit as polars frames."""

from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from curator.audit.decided.open_findings import is_open, with_decisions
from curator.audit.engine import Audit
from curator.audit.ids import ids_of
from curator.audit.loading.reread import batches
from curator.audit.open_data import Opened
from curator.audit.reports.report import report_of
from curator.data.batches import batch_of
from curator.data.content import content_of
from curator.data.safe_text import visible
from curator.data.text import view_texts
from curator.project.saved_split import NAMES
from curator.reporting.model import AuditReport, Verdict
from curator.review.duplicate_listing import LISTED, list_duplicates

if TYPE_CHECKING:
    from curator.api.project import OpenProject

_SHOWN = 12
"""Checks that a notebook lists."""


class AuditResult:
    """What an audit found, as of when it was asked for; frames are made when they are looked at.

    Attributes:
        project: the open data; frames that read texts need it open.
        report: everything that `curator audit --json` prints.
    """

    def __init__(self, project: "OpenProject", opened: Opened, audit: Audit) -> None:
        """Made by `Project.audit` and `curator.audit`."""
        self.project = project
        self._opened, self._audit = opened, audit
        self._state = opened.state()
        self.report: AuditReport = report_of(opened, audit)

    @property
    def verdict(self) -> Verdict:
        """Is this data ready to fine-tune on? `ready`, `headline`, `reasons` and `next_steps`."""
        return self.report.verdict

    @cached_property
    def findings(self) -> pl.DataFrame:
        """What was found, a row per finding, in the order of files and lines.

        Columns: check, severity, example (id; null for an unreadable line or the whole set), file, line, message,
        message_index, start, end (characters), score, group (the keeper's id), suggestion, decided (what became of it;
        null: nothing), open.
        """
        decided = with_decisions(self._audit.findings, self._audit.loaded, self._state)
        keeper = _gathered(self._ids, decided["keeper"]).alias("group")
        named = decided.with_columns(keeper, self._file(decided["file"]), is_open().alias("open"))
        return named.select(
            *("check", "severity", pl.col("id").alias("example"), "file", "line", "message", "message_index"),
            *("start", "end", "score", "group", "suggestion", "decided", "open"),
        )

    @cached_property
    def examples(self) -> pl.DataFrame:
        """The examples as they are now, a row each, in the order of files and lines; reads their texts.

        Columns: example (id), file, line, prompt and answer (as they are compared; "" where there is none), tokens,
        status (keep, drop, flag or pending), split (train, validation or test; null: none yet), findings (open ones),
        topic (number, as in `topics`; null where meaning was not looked at).

        Raises:
            WorkFailed: a source was changed since it was audited.
        """
        facts, ids = self._audit.loaded.facts, self._ids
        views = [view_texts(batch).select("prompt", "answer") for _, batch in batches(self._audit.loaded)]
        texts = pl.concat([pl.DataFrame(schema={"prompt": pl.String, "answer": pl.String}), *views])
        frame = pl.DataFrame({"example": ids, "line": facts["line"]}).with_columns(
            self._file(facts["file"]),
            texts["prompt"],
            texts["answer"],
            facts["tokens"] if "tokens" in facts.columns else pl.lit(None, pl.UInt32).alias("tokens"),
            self._topic(),
        )
        status = self._state.select("id", pl.col("status").cast(pl.String))
        splits = self._opened.splits().with_columns(
            pl.col("side").replace_strict(dict(enumerate(NAMES)), return_dtype=pl.String).alias("split")
        )
        found = self.findings.filter("open").group_by("example").agg(pl.len().alias("findings"))
        frame = self._edited(frame)
        for more, key in ((status, "id"), (splits.select("id", "split"), "id"), (found, "example")):
            frame = frame.join(more, left_on="example", right_on=key, how="left", maintain_order="left")
        return frame.select(
            *("example", "file", "line", "prompt", "answer", "tokens", pl.col("status").fill_null("pending"), "split"),
            pl.col("findings").fill_null(0),
            "topic",
        )

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Similar pairs, a row each: lexical ones in order of position, then those that say the same in other words.

        Columns: left, right (ids), kind (exact, lexical, semantic), relation, similarity (of the full texts),
        prompt_similarity, answer_similarity, context_differs. What only shares a template is not listed.
        """
        frames = []
        if (similar := self._audit.similar) is not None:
            listed = similar.pairs.filter(pl.col("relation") != "template")
            frames.append(
                listed.with_columns(
                    pl.when("exact").then(pl.lit("exact")).otherwise(pl.lit("lexical")).alias("kind"),
                    pl.col("whole").alias("similarity"),
                    pl.col("prompt").alias("prompt_similarity"),
                    pl.col("answer").alias("answer_similarity"),
                )
            )
        if (meaning := self._audit.meaning) is not None:
            frames.append(meaning.pairs)
        both = [
            frame.with_columns(_gathered(self._ids, frame[side]).alias(side) for side in ("left", "right"))
            .select(_PAIRS.names())
            .cast(_PAIRS)
            for frame in frames
        ]
        return pl.concat([pl.DataFrame(schema=_PAIRS), *both])

    def groups(self, threshold: float | None = None) -> pl.DataFrame:
        """Copies around the example that is kept, a row for each that is not, by keeper.

        Args:
            threshold: Jaccard similarity of a copy; None: 0.7.

        Returns:
            columns keeper, member (ids), exact, similarity (to the keeper), plain (may be dropped unseen).
        """
        listing = list_duplicates(self._opened, threshold, LISTED, "curator", lambda *_: None)
        members, ids = listing.members(), ids_of(listing.loaded)
        return members.with_columns(_gathered(ids, members[side]).alias(side) for side in ("keeper", "member"))

    @property
    def topics(self) -> pl.DataFrame:
        """What the examples are about, a row per topic, the largest first; empty where meaning was not looked at.

        Columns: topic (number from 1, as the filter `topic:1` asks), title, examples, share, thin, dominant.
        """
        columns = ("topic", "title", "examples", "share", "thin", "dominant")
        if self._audit.meaning is None:
            kinds = (pl.Int32, pl.String, pl.UInt32, pl.Float64, pl.Boolean, pl.Boolean)
            return pl.DataFrame(schema=dict(zip(columns, kinds, strict=True)))
        return self._audit.meaning.topics.select(columns).with_columns(pl.col("topic") + 1)

    def __repr__(self) -> str:
        return f"<curator.Audit: {self.verdict.headline}>"

    def _repr_html_(self) -> str:
        """For a notebook: the verdict, its reasons, and the gravest checks; every text made safe."""
        reasons = "".join(f"<li>{_safe(reason)}</li>" for reason in self.verdict.reasons)
        rows = "".join(
            f"<tr><td>{_safe(check.severity)}</td><td>{_safe(check.name)}</td><td>{check.examples:,}</td>"
            f"<td style='text-align:left'>{_safe(check.title)}</td></tr>"
            for check in self.report.checks[:_SHOWN]
        )
        head = "<tr><th>severity</th><th>check</th><th>examples</th><th>what</th></tr>"
        return f"<p><b>{_safe(self.verdict.headline)}</b></p><ul>{reasons}</ul><table>{head}{rows}</table>"

    @property
    def _ids(self) -> pl.Series:
        return ids_of(self._audit.loaded)

    def _file(self, numbers: pl.Series) -> pl.Series:
        names = pl.Series("file", [read.source.name for read in self._audit.loaded.sources], dtype=pl.String)
        return _gathered(names, numbers).alias("file")

    def _topic(self) -> pl.Series:
        if self._audit.meaning is None:
            return pl.Series("topic", [None], dtype=pl.Int32).new_from_index(0, len(self._audit.loaded.facts))
        topics = self._audit.meaning.examples["topic"]
        return (topics + 1).set(topics < 0, None)

    def _edited(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the texts of edited examples as they are now."""
        edited = self._audit.edited.by_position
        if not edited:
            return frame
        kinds = self._audit.loaded.facts["kind"]
        for position, text in edited.items():
            now = view_texts(batch_of([content_of(text)], str(kinds[position])))
            here = np.arange(len(frame)) == position
            frame = frame.with_columns(
                pl.when(pl.Series(here)).then(pl.lit(now[name][0])).otherwise(name).alias(name)
                for name in ("prompt", "answer")
            )
        return frame


_PAIRS = pl.Schema(
    {
        **dict.fromkeys(("left", "right", "kind", "relation"), pl.String()),
        **dict.fromkeys(("similarity", "prompt_similarity", "answer_similarity"), pl.Float32()),
        "context_differs": pl.Boolean(),
    }
)


def _gathered(names: pl.Series, positions: pl.Series) -> pl.Series:
    """The name at each position; null where there is none."""
    if not len(names):
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(positions))
    return names.gather(positions.fill_null(0)).set(positions.is_null(), None)


def _safe(text: str) -> str:
    return escape(visible(text, one_line=True))
