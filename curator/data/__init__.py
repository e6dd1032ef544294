"""The data model: examples, messages, findings and pairs as columns; dialects, ids, readers, token counts."""
