"""The data model: examples, messages, findings and pairs as columns; dialects, ids, readers, token counts."""

__all__ = [
    "batches",
    "blocks",
    "content",
    "dialects.dialect",
    "dialects.recognition",
    "facts",
    "files.atomic",
    "files.permissions",
    "finding",
    "frames",
    "identity",
    "json_line",
    "mapped",
    "safe_text",
    "sample_data",
    "sources.pipes",
    "sources.source",
    "text",
    "validation",
]
