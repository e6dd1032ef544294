"""What of one data set is found again in another."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from curator.audit.findings import Locations
from curator.audit.loading.load import Loaded, Progress, ReadingOptions, Wanted, load
from curator.audit.loading.reread import originals_at
from curator.audit.stages.similar_pairs import corpus_of
from curator.checks.check import CheckSettings
from curator.data.files.atomic import sweep_temporary, temporary_prefix
from curator.data.safe_text import visible
from curator.data.sources.source import Source
from curator.project.cache import Cache
from curator.reporting.certificate import HeldOutFigures, LeakSpecimen, Nearest
from curator.reporting.wording import said_unread
from curator.splitting.split_report import as_text

if TYPE_CHECKING:
    from curator.duplicates.containment.leaks import Certificate


def leaks_between(
    train: list[Source],
    held: list[Source],
    threshold: float,
    reading: ReadingOptions,
    limit: int | None,
    progress: Progress,
    *,
    meaning: bool = True,
) -> tuple[HeldOutFigures, list[LeakSpecimen]]:
    """Look up every example of `held` in `train`; the certificate, and the first `limit` leaks with their texts.

    Args:
        train: the files.
        held: the same for the set that is to share nothing with them.
        threshold: similarity of full texts from which an example leaks.
        reading: how the files are read.
        limit: at most so many texts; None: all.
        progress: is told how far it is.
        meaning: compare meaning, too.

    Raises:
        UnreadableInput: a file cannot be read.
        MissingDependency: meaning is to be compared, and the default encoder is not here.
    """
    from curator.duplicates.containment.leaks import leaks

    wanted = Wanted((), CheckSettings(), tokenizer=None, duplicates=True, measures=False)
    sweep_temporary("leaks")
    with tempfile.TemporaryDirectory(prefix=temporary_prefix("leaks")) as folder:
        cache = Cache(Path(folder))
        both = [load(sources, reading, wanted, cache, progress) for sources in (train, held)]
        certificate, unread = leaks(corpus_of(both[0], cache), corpus_of(both[1], cache), threshold), ""
        if meaning:
            certificate, unread = _with_paraphrases(certificate, both[0], both[1], cache, progress)
        nearest = _nearest(certificate.nearest, *both)
        leaking = certificate.nearest.with_row_index("row").filter("leaks")
        leaking = leaking.sort(-pl.col("similarity").fill_null(0), "row")
        other = pl.coalesce("paraphrase", "nearest", "same_prompt")
        pairs = leaking.head(len(leaking) if limit is None else limit).select("row", "position", other).rows()
        known, shown = (_texts_at(loaded, {pair[at] for pair in pairs}) for loaded, at in ((both[0], 2), (both[1], 1)))
    specimens = [
        LeakSpecimen(nearest=nearest[row], held_text=shown[here], other_text=known[there]) for row, here, there in pairs
    ]
    return HeldOutFigures(
        side=", ".join(source.name for source in held),
        against=[source.name for source in train],
        examples=certificate.validation,
        checked=certificate.checked,
        leaking=certificate.leaking,
        same_prompt=certificate.nearest["same_prompt"].count(),
        reworded=certificate.reworded,
        taken_apart=0,
        unproven=certificate.unproven,
        floor=certificate.floor,
        claim=" ".join(filter(None, (certificate.claim(), unread))),
        nearest=nearest,
    ), specimens


def _with_paraphrases(
    certificate: "Certificate", train: Loaded, held: Loaded, cache: Cache, progress: Progress
) -> tuple["Certificate", str]:
    """The certificate with what asks the same in other words, and a sentence on what is not read, "" for none."""
    from curator.audit.meaning.prompts import prompts_of
    from curator.audit.runners.local import cores
    from curator.embedding.paraphrases import paraphrases_of

    before, after = (prompts_of(loaded, cache, progress) for loaded in (train, held))
    checked = after.prompts.at(certificate.nearest["position"].to_numpy().astype("int64"))
    return certificate.with_paraphrases(*paraphrases_of(before.prompts, checked, cores())), said_unread(after.unread)


def _texts_at(loaded: Loaded, positions: set[int]) -> dict[int, str]:
    return {one.position: as_text(one.content) for one in originals_at(loaded, positions)}


def _nearest(found: pl.DataFrame, train: Loaded, held: Loaded) -> list[Nearest]:
    known, here = Locations(train), Locations(held)
    return [
        Nearest(
            example=here.at(row["position"]),
            nearest=None if row["nearest"] is None else known.at(row["nearest"]),
            similarity=row["similarity"],
            same_prompt=None if row["same_prompt"] is None else known.at(row["same_prompt"]),
            paraphrase=None if row["paraphrase"] is None else known.at(row["paraphrase"]),
            cosine=row["cosine"],
            leaks=row["leaks"],
        )
        for row in found.iter_rows(named=True)
    ]


def leak_text(specimen: LeakSpecimen) -> str:
    """A leak for a terminal: both places, how alike, both texts; every text made safe."""
    nearest = specimen.nearest
    other = nearest.other
    assert other is not None, "a leak has another side"
    here, there = (visible(f"{place.file}:{place.line}", one_line=True) for place in (nearest.example, other))
    texts = [visible(text).replace("\n", "\n    ") for text in (specimen.held_text, specimen.other_text)]
    if texts[0] == texts[1]:
        texts[1] = "the same text"
    return "── {}  and  {}  ({})\n    {}\n  ──\n    {}".format(here, there, ", ".join(nearest.how()), *texts)
