"""What was edited or added, checked at once as the audit checks the rest, one example at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from curator.audit.decided.repairs import mended
from curator.audit.engine import Audit
from curator.audit.findings import all_findings, published, severity_rank
from curator.audit.loading.derive import DerivePlan, derive
from curator.audit.loading.load import Loaded
from curator.checks.catalogue import chosen
from curator.checks.text.fixes import REPAIRS
from curator.data.batches import batch_of
from curator.data.content import Content, Refused, content_of
from curator.data.dialects.dialect import dialect_named
from curator.data.finding import Finding
from curator.data.identity import example_key, key_to_id
from curator.data.validation import judge
from curator.errors import UsageError
from curator.review.filter.evaluate import Searched, matching

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Sheet:
    """One checked example: its content (JSON), its facts (one row) and its findings (`FINDINGS`)."""

    content: str
    facts: pl.DataFrame
    findings: pl.DataFrame


class Edits:
    """The edited and added examples of a review, by id."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._checks = tuple(
            check for check in chosen(audit.options.select, audit.options.ignore) if check.find is not None
        )
        names = tuple(check.name for check in self._checks)
        options = audit.options
        self._plan = DerivePlan("chat", (), names, options.settings, options.tokenizer, False, False, elements=False)
        self._sheets: dict[str, _Sheet] = {}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._sheets

    def check(self, contents: Mapping[str, str], kind: str = "chat") -> None:
        """Check the examples whose content is new; `contents` is JSON by id."""
        new = {
            id_: text for id_, text in contents.items() if id_ not in self._sheets or self._sheets[id_].content != text
        }
        if not new:
            return
        loaded = self._loaded(new, kind)
        findings = all_findings(loaded, self._checks, self._audit.options.settings)
        for row, (id_, text) in enumerate(new.items()):
            found = findings.filter(pl.col("row") == row).with_columns(pl.lit(0, pl.UInt32).alias("row"))
            self._sheets[id_] = _Sheet(text, loaded.facts[row], found)

    def forget(self, id_: str) -> None:
        """The example is as in its source again, or gone."""
        self._sheets.pop(id_, None)

    def findings(self, id_: str) -> list[Finding]:
        """What the checks find in it as it is now, gravest first."""
        sheet = self._sheets[id_]
        return list(published(sheet.findings.sort(severity_rank(), maintain_order=True), self._one(sheet.facts)))

    def severity(self, id_: str) -> int:
        """Of its gravest finding; 3: none was found."""
        ranks = self._sheets[id_].findings.select(severity_rank()).to_series()
        return 3 if ranks.is_empty() else int(ranks.min())  # type: ignore[arg-type]

    def tokens(self, id_: str) -> int:
        """How many tokens it has now."""
        facts = self._sheets[id_].facts
        return int(facts["tokens"][0]) if "tokens" in facts.columns else int(facts["characters"][0])

    def matching(self, where: str, asked: Searched) -> dict[str, bool]:
        """Whether a filter finds each of them, as it is now; `asked` is what the same filter asks of the whole set.

        Raises:
            FilterError, UsageError: as `curator.review.filter.evaluate.matching`.
        """
        if not self._sheets:
            return {}
        sheets = list(self._sheets.values())
        facts = pl.concat([sheet.facts for sheet in sheets])
        findings = pl.concat(
            [sheet.findings.with_columns(pl.lit(row, pl.UInt32).alias("row")) for row, sheet in enumerate(sheets)]
        )
        mask = matching(where, replace(asked, loaded=self._one(facts), findings=findings, texts=_EditedTexts(sheets)))
        return dict(zip(self._sheets, mask.tolist(), strict=True))

    def _loaded(self, contents: Mapping[str, str], kind: str) -> Loaded:
        derived = derive(batch_of([content_of(text) for text in contents.values()], kind), self._plan)
        keys = [int(id_[:16], 16) for id_ in contents]
        occurrences = [int(id_[17:] or 1) for id_ in contents]
        facts = derived.facts.with_columns(
            pl.Series("key", keys, pl.UInt64),
            pl.Series("occurrence", occurrences, pl.UInt32),
            pl.lit(1, pl.UInt32).alias("line"),
            pl.lit(0, pl.UInt16).alias("file"),
        )
        findings = derived.findings.with_columns(pl.lit(0, pl.UInt16).alias("file"), pl.lit(1, pl.UInt32).alias("line"))
        return Loaded(self._audit.loaded.sources, facts, findings, [], 0.0, "")

    def _one(self, facts: pl.DataFrame) -> Loaded:
        return Loaded(self._audit.loaded.sources, facts, self._audit.loaded.findings.clear(), [], 0.0, "")


class _EditedTexts:
    """The texts of the sheets, for words in a filter."""

    def __init__(self, sheets: list[_Sheet]) -> None:
        contents = [content_of(sheet.content) for sheet in sheets]
        said = [
            "\n".join(str(message.get("content") or "") for message in (*content.messages, *(content.chosen or ())))
            for content in contents
        ]
        self._texts = pl.Series(said, dtype=pl.String)

    def containing(self, pattern: str) -> Mask:
        """See `curator.review.filter.text_search.SearchableTexts`."""
        return self._texts.str.contains(f"(?im){pattern}").to_numpy()


def checked_content(value: object) -> Content:
    """The content that a person wrote as JSON.

    Raises:
        UsageError: it is not an example; the sentence says why.
    """
    dialect = dialect_named("chat")
    if isinstance(value, dict):
        unknown = value.keys() - set(Content._fields)
        if unknown:
            raise UsageError(f"'{min(unknown)}' is not part of an example: {', '.join(Content._fields)} are.")
        for part in ("messages", "chosen", "rejected"):
            if part != "messages" and value.get(part) is None:
                continue
            for refusal in judge({"messages": value.get(part), "tools": value.get("tools")}, dialect):
                raise UsageError(refusal.message if part == "messages" else f"{part}: {refusal.message}")
        if value.get("label") is not None and not isinstance(value["label"], bool):
            raise UsageError("The label is true or false.")
        try:
            content = dialect.content({"messages": value["messages"], "tools": value.get("tools")})
        except Refused as refused:
            raise UsageError(str(refused)) from None
        if value.get("media") is not None and not isinstance(value["media"], dict):
            raise UsageError("media is an object: by field, what it holds.")
        return content._replace(
            chosen=value.get("chosen"),
            rejected=value.get("rejected"),
            label=value.get("label"),
            media=value.get("media"),
        )
    raise UsageError("An example is an object with a list of messages.")


def id_of(content: Content) -> str:
    """The id of an example that is nowhere else."""
    return key_to_id(example_key(content.identity()))


def repaired(content: Content, findings: list[Finding]) -> Content | None:
    """The content with every repair that its findings ask for; None: nothing to do."""
    asked = {finding.check for finding in findings if finding.suggestion == "fix"}
    names = [name for name in REPAIRS if name in asked]
    changed = content._replace(
        messages=[mended(message, names) for message in content.messages],
        chosen=content.chosen and [mended(message, names) for message in content.chosen],
        rejected=content.rejected and [mended(message, names) for message in content.rejected],
    )
    return None if changed == content else changed
