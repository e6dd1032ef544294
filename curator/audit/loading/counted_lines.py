"""Lines that are no examples, over all blocks: the first ones are listed, the others counted."""

import polars as pl

from curator.data.frames import MOST_REFUSED, found, nothing_found


class CountedLines:
    """Keeps the findings on the first lines that are no examples and counts the others, over all blocks."""

    def __init__(self) -> None:
        self._lines = 0
        self._more: list[pl.DataFrame] = []

    def listed(self, findings: pl.DataFrame, file: int) -> pl.DataFrame:
        """`findings` of a block without those on lines beyond the first `MOST_REFUSED`."""
        self._count(findings.filter(pl.col("more").is_not_null()), pl.col("more").sum(), file)
        findings = findings.filter(pl.col("more").is_null())
        lines = findings.filter(pl.col("row").is_null())["line"].unique().sort()
        if self._lines + len(lines) > MOST_REFUSED:
            left = lines[MOST_REFUSED - self._lines :]
            beyond = pl.col("row").is_null() & pl.col("line").is_in(left.implode())
            first = findings.filter(beyond).unique("line", keep="first", maintain_order=True)
            self._count(first, pl.len(), file)
            findings, lines = findings.filter(~beyond), lines[: MOST_REFUSED - self._lines]
        self._lines += len(lines)
        return findings

    def _count(self, findings: pl.DataFrame, lines: pl.Expr, file: int) -> None:
        if len(findings):
            counted = findings.group_by("check", "key", maintain_order=True).agg(lines.alias("more").cast(pl.UInt32))
            self._more.append(counted.with_columns(pl.lit(file, pl.UInt16).alias("file")))

    def more(self) -> pl.DataFrame:
        """A finding for each file, check and wording of lines that were only counted; `FOUND` with file."""
        if not self._more:
            return nothing_found().with_columns(pl.lit(0, pl.UInt16).alias("file"))
        keys = ["file", "check", "key"]
        counted = pl.concat(self._more).group_by(keys, maintain_order=True).agg(pl.col("more").sum())
        message = pl.lit("Lines like this are counted and not listed.").alias("message")
        frame = counted.sort("file", "check", maintain_order=True).with_columns(message)
        return found("", frame).with_columns(frame["check"], frame["file"])
