"""The dataset card of an export: what is in it, what is not, and where it comes from."""

from functools import cache
from importlib.resources import files
from typing import Any

from curator.data.safe_text import visible
from curator.targets.target import Target

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
"""The size categories of the Hugging Face hub, by their upper bound."""


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    text = files("curator.exporting").joinpath("card.md.jinja").read_text(encoding="utf-8")
    return Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False).from_string(text)


def card_text(target: Target, manifest: dict[str, Any]) -> str:
    """The card as Markdown; for Hugging Face with the metadata that the hub reads.

    Args:
        target: whose card.
        manifest: what `manifest.json` holds.
    """
    total = sum(manifest["examples"].values())
    shown = {**manifest, "sources": [_visible(source) for source in manifest["sources"]]}
    text: str = _template().render(
        target=target.name,
        title=target.title,
        manifest=shown,
        splits={split: target.files[split] for split in manifest["examples"]},
        parquet=any(file["name"].endswith(".parquet") for file in manifest["files"]),
        size=next((name for bound, name in _SIZES if total < bound), "1M<n<10M"),
        notice=target.notice,
        remarks=target.remarks,
    )
    return text


def _visible(source: dict[str, Any]) -> dict[str, str]:
    return {key: visible(str(value), one_line=True).replace("`", "'") for key, value in source.items()}
