"""Headers: what divides them, names that people give to columns, and which of them are prompts and answers."""

from collections.abc import Sequence
from typing import Any

PROMPTS = (
    *("prompt", "question", "instruction", "query", "inputs", "input", "ask", "problem", "history", "user", "human"),
    *("patient", "request", "source", "src", "context", "message", "title", "utterance", "task"),
    *("q", "frage", "eingabe", "anfrage", "pregunta"),
    *(
        "pergunta",
        "domanda",
        "vraag",
        "вопрос",
        "запрос",
        "问题",
        "提问",
        "問題",
        "质问",
        "質問",
        "입력",
        "질문",
        "سؤال",
    ),
)
ANSWERS = (
    *("answer", "response", "completion", "output", "reply", "targets", "target", "tgt", "assistant", "bot", "gpt"),
    *("doctor", "label"),
    *("solution", "summary", "result", "translation", "a", "antwort", "ausgabe", "réponse", "reponse", "respuesta"),
    *("resposta", "risposta", "antwoord", "ответ", "回答", "答案", "回复", "答え", "응답", "답변", "جواب", "إجابة"),
)
SYSTEMS = ("system", "system_prompt", "persona", "system_message")
_ABOUT = frozenset(
    (
        *("id", "ids", "uid", "uuid", "key", "hash", "url", "uri", "link", "name", "type", "kind", "lang", "language"),
        *("model", "date", "time", "timestamp", "version", "status", "split"),
    )
)
"""Words in the names of columns that say something about an example and are no part of it."""
KNOWN = frozenset(
    {*PROMPTS, *ANSWERS, *SYSTEMS, "messages", "conversations", "conversation", "text", "chosen", "rejected"}
) - {"a", "q", "title", "source", "message"}
"""Names by which a line is taken for the header of a table."""

DELIMITERS = (b",", b";", b"\t", b"|")


_FEW = 4
"""Examples up to which a column that is the same in all of them says nothing."""


def delimiter_of(header: bytes, *, prefers_tabs: bool = False) -> bytes:
    """What divides the fields of a header."""
    if prefers_tabs and b"\t" in header:
        return b"\t"
    return max(DELIMITERS, key=header.count)


def suggested_columns(values: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Prompt, answer and perhaps system columns of examples in no known form; empty where no two columns hold text."""
    texts: dict[str, list[str]] = {}
    for value in values:
        for key, held in value.items():
            if isinstance(held, str):
                texts.setdefault(key, []).append(held)
    few = len(values) < _FEW
    sizes = {
        key: sum(map(len, held)) for key, held in texts.items() if few or len(set(held)) > 1 or key.lower() in SYSTEMS
    }
    sizes = {key: size for key, size in sizes.items() if not _ABOUT & set(_words_of(key))} or sizes
    answer = _named(sizes, ANSWERS) or ""
    prompt = _named({key: size for key, size in sizes.items() if key != answer}, PROMPTS)
    longest = sorted(sizes, key=lambda key: -sizes[key])
    if prompt is None:
        prompt = next((key for key in sizes if key not in (answer, *SYSTEMS) and key in longest[:3]), None)
    if prompt is None:
        return {}
    answer = answer or next((key for key in longest if key not in (prompt, *SYSTEMS)), "")
    if not answer:
        return {}
    system = _named({key: size for key, size in sizes.items() if key not in (prompt, answer)}, SYSTEMS)
    return {"prompt": prompt, "answer": answer} | ({"system": system} if system else {})


def _named(sizes: dict[str, int], names: Sequence[str]) -> str | None:
    """The column that is named so, or whose name has such a word in it."""
    lowered = {key.lower(): key for key in sizes}
    for name in names:
        if name in lowered:
            return lowered[name]
    words: dict[str, str] = {}
    for key in sizes:
        for word in _words_of(key):
            words.setdefault(word, key)
    return next((words[name] for name in names if len(name) > 1 and name in words), None)


def _words_of(key: str) -> list[str]:
    return key.lower().replace("-", "_").split("_")
