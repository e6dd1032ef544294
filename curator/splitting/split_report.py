"""What a split came to, as it is written and shown."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from curator import __version__
from curator.audit.engine import Audit
from curator.audit.findings import Locations
from curator.audit.loading.load import Loaded
from curator.audit.loading.reread import originals_at
from curator.audit.open_data import Opened
from curator.checks.privacy.secret_keys import without_secrets
from curator.data.content import Content, spoken
from curator.data.files.permissions import OWNER
from curator.data.finding import Place
from curator.project.refusals import worded
from curator.project.saved_split import NAMES
from curator.reporting.certificate import HeldOutFigures, LeakSpecimen, Nearest, SplitReport, certificate_markdown
from curator.reporting.writing import write_report
from curator.splitting.certify import Certified
from curator.splitting.members import Members
from curator.splitting.saved import Splitting

SPECIMENS = 5
"""Close pairs of each held-out set that the page shows with their texts."""

_CHARACTERS = 2000

CERTIFICATE = "certificate"


def split_report(audit: Audit, splitting: Splitting) -> SplitReport:
    """The report of a split."""
    result, settings = splitting.split, splitting.settings
    counts = np.bincount(result.splits, minlength=len(NAMES)).tolist()
    shown = [name for name, number in zip(NAMES, counts, strict=True) if number or result.asked[name]]
    components = result.components
    return SplitReport(
        program_version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        sources=[read.source.name for read in audit.loaded.sources],
        threshold=audit.options.duplicate_threshold,
        seed=settings.seed,
        group_by=settings.group_by,
        stratify=settings.stratify,
        encoder=splitting.encoder,
        unread=splitting.unread,
        examples={name: counts[NAMES.index(name)] for name in shown},
        asked={name: result.asked[name] for name in shown},
        reached={name: result.reached[name] for name in shown},
        components=components.count,
        largest_component=int(np.bincount(components.of, minlength=1).max()),
        taken_apart=components.oversized,
        moved=splitting.members.ids.gather(result.joined).to_list(),
        held_out=[_held_out(one, splitting.members, audit.loaded) for one in splitting.certificates],
    )


def write_certificate(opened: Opened, audit: Audit, splitting: Splitting) -> tuple[SplitReport, Path]:
    """Write the certificate of a split into the project, as a page and as JSON; the report and the page's place.

    Raises:
        UsageError, WorkFailed: the project's folder cannot be written.
    """
    report = split_report(audit, splitting)
    folder = opened.project.folder.path / "split"
    with worded(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    page = folder / f"{CERTIFICATE}.md"
    write_report(report.model_dump_json(indent=1) + "\n", str(folder / f"{CERTIFICATE}.json"), OWNER)
    write_report(certificate_markdown(report, _specimens(report, splitting, audit)), str(page), OWNER)
    return report, page


def _held_out(one: Certified, members: Members, loaded: Loaded) -> HeldOutFigures:
    locations = Locations(loaded)

    def place(index: int | None) -> Place | None:
        if index is None:
            return None
        at = int(members.locations[index])
        return Place(file="(added)", line=1, example=members.ids[index]) if at < 0 else locations.at(at)

    nearest = []
    for row in one.nearest().iter_rows(named=True):
        example = place(row["position"])
        assert example is not None, "every held-out example has an index"
        nearest.append(
            Nearest(
                example=example,
                nearest=place(row["nearest"]),
                similarity=row["similarity"],
                same_prompt=place(row["same_prompt"]),
                paraphrase=place(row["paraphrase"]),
                cosine=row["cosine"],
                leaks=row["leaks"],
            )
        )
    figures = {**one.figures(), "side": one.side, "floor": one.certificate.floor, "claim": one.certificate.claim()}
    return HeldOutFigures.model_validate(figures | {"nearest": nearest})


def _specimens(report: SplitReport, splitting: Splitting, audit: Audit) -> list[LeakSpecimen]:
    """The closest pairs of each held-out set."""
    chosen: list[tuple[Nearest, int, int]] = []
    for held, one in zip(report.held_out, splitting.certificates, strict=True):
        frame = (
            one.nearest().with_row_index("row").with_columns(other=pl.coalesce("paraphrase", "nearest", "same_prompt"))
        )
        order = [pl.col("leaks").not_(), -pl.col("similarity").fill_null(0), pl.col("row")]
        closest = frame.filter(pl.col("other").is_not_null()).sort(order).head(SPECIMENS)
        rows = closest.select("row", "position", "other").iter_rows()
        chosen += [(held.nearest[row], position, other) for row, position, other in rows]
    wanted = {index for _, held_index, other in chosen for index in (held_index, other)}
    texts = texts_of(splitting.members, audit.loaded, wanted)
    return [LeakSpecimen(nearest=near, held_text=texts[here], other_text=texts[there]) for near, here, there in chosen]


def texts_of(members: Members, loaded: Loaded, wanted: set[int]) -> dict[int, str]:
    """The texts of some members, by index, as a person reads them."""
    rewritten = {index: as_text(members.contents[index]) for index in wanted if index in members.contents}
    index_of = {int(members.locations[index]): index for index in wanted if index not in rewritten}
    found = {index_of[one.position]: as_text(one.content) for one in originals_at(loaded, index_of)}
    return rewritten | found


def as_text(content: Content) -> str:
    """Role and text of every message, without secrets, cut where it is long."""
    messages = [*content.messages, *(content.chosen or ())]
    text, _ = without_secrets("\n".join(f"{message['role']}: {spoken(message)}" for message in messages))
    return text if len(text) <= _CHARACTERS else text[:_CHARACTERS] + " …"
