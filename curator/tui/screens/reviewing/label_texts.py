"""What stands below a question: what the answers so far suggest, and how far the annotators agree."""

from collections.abc import Mapping

from curator.data.safe_text import visible
from curator.reporting.wording import count
from curator.review.labelling.agreement import Agreement, in_words
from curator.review.labelling.labels import Value
from curator.review.labelling.suggest import ENOUGH, Suggestions
from curator.settings.fields import LabelQuestion


def suggestion_text(guesses: Suggestions | None, position: int, own: int, question: LabelQuestion) -> str:
    """What is suggested for an example, and how sure that is; or how many answers (`own` so far) it takes."""
    if guesses is None or position >= len(guesses.probabilities):
        asks = question.kind in ("choice", "rating")
        return f"Suggestions begin after {ENOUGH} answers ({own} so far).\n" if asks and own < ENOUGH else ""
    value, probability = guesses.best(position)
    right = "" if guesses.right is None else f"; right on {guesses.right:.0%} of your answers when it had not seen them"
    return f"Suggested: {visible(value, one_line=True)}, {probability:.0%} sure{right}. Enter takes it.\n"


def others_text(given: Mapping[str, Value], *, is_blind: bool) -> str:
    """What other annotators answered; of a blind question only how many did: agreement is of independent answers."""
    if given and is_blind:
        return f"{count(len(given), 'other')} answered; what they said is shown after your answer.\n"
    answers = {who: ", ".join(value) if isinstance(value, list) else value for who, value in given.items()}
    return "".join(f"{visible(f'{who}: {said}', one_line=True)}\n" for who, said in sorted(answers.items()))


def agreement_text(known: Agreement) -> str:
    """How far the annotators agree; "" where there is only one."""
    if len(known.annotators) < 2 or not known.examples:
        return ""
    parts = [f"{len(known.annotators)} annotators, {known.examples:,} examples in common"]
    for what, value in (("Cohen's kappa", known.kappa), ("Krippendorff's alpha", known.alpha)):
        if value is not None:
            parts.append(f"{what} {value:.2f} ({in_words(value)})")
    parts.append(count(len(known.disagreements), "disagreement"))
    return "\n" + "\n".join(parts)
