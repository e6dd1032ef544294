"""How scores are kept: as labels of an annotator named after judge, model and rubric version."""

from urllib.parse import urlsplit

JUDGE = "judge:"
"""What the annotator of a score begins with; no person is called so."""
SCORE = "score:"
"""What the label of a score begins with; the rubric's name follows."""
_LONGEST_MODEL = 100


def annotator_of(address: str, model: str, rubric: str, version: str) -> str:
    """`judge:MODEL@HOST/RUBRIC@VERSION`; a judge on this machine without an endpoint has no host.

    Args:
        address: of the endpoint; "" for none.
        model: its name, or its folder.
        rubric: its name.
        version: of the rubric.
    """
    shown = "".join(letter if letter.isprintable() and letter != " " else "_" for letter in model)
    host = f"@{urlsplit(address).netloc.rpartition('@')[2]}" if address else ""
    return f"{JUDGE}{shown[-_LONGEST_MODEL:]}{host[:60]}/{rubric}@{version}"


def is_judge(annotator: str) -> bool:
    """Whether an annotator is a model and no person."""
    return annotator.startswith(JUDGE)
