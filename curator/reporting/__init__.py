"""One audit result, drawn as terminal text, JSON, Markdown and HTML."""
