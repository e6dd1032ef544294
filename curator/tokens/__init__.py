"""How many tokens an example costs, and how many of them are trained, for a named vocabulary or a local model."""

from curator.tokens.counting import TOKEN_COUNTS, count_message_tokens, count_tokens
from curator.tokens.named import TOKENIZERS, Tokenizer, fingerprint, tokenizer_named

__all__ = [
    "TOKENIZERS",
    "TOKEN_COUNTS",
    "Tokenizer",
    "count_message_tokens",
    "count_tokens",
    "fingerprint",
    "named",
    "tokenizer_named",
]
