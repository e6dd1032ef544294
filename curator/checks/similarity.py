"""Checks that compare examples with each other or with a benchmark; the duplicate engine finds what they report."""

from curator.checks.check import Check

SIMILARITY_CHECKS = (
    Check(
        name="exact-duplicate",
        family="similarity",
        severity="warning",
        suggestion="drop",
        version=2,
        title="the same example as an earlier one",
        explanation=(
            "Every message has the same role and the same text (in NFC, with the same line ends, outer white space "
            "trimmed), the same tool calls, tools, pictures and other media, reasoning, weights and, of a preference "
            "pair, the same rejected answer as the keeper's.\n\n"
            "A repeated example is learned twice as hard as the others, is memorised word for word, and leaks when one "
            "copy lands in the validation set.\n\n"
            "Drop all but the keeper: `curator decide DATA --policy safe`."
        ),
    ),
    Check(
        name="near-duplicate",
        family="similarity",
        severity="warning",
        suggestion="review",
        version=2,
        title="a copy with small changes of another example",
        explanation=(
            "Prompt and answer are both similar to the keeper's: the Jaccard similarity of their word 5-grams, "
            "computed exactly and not estimated, reaches the threshold (0.7), and what is similar is not just a "
            "template that many examples share. System text, tools, media, reasoning and rejected answer are the "
            "same.\n\n"
            "Copies teach nothing new, weigh more than their share, and leak between training and validation.\n\n"
            "A plain copy (both similarities at least 0.9, the same numbers, symbols, weights and label in both) is "
            "suggested for dropping. Where the words are the same and the text is not (`x < 3`, `x > 3`), look at "
            "it: `curator duplicates DATA`, or the app's duplicates screen."
        ),
    ),
    Check(
        name="semantic-duplicate",
        family="similarity",
        severity="info",
        suggestion="review",
        version=2,
        title="says the same in other words as another example",
        explanation=(
            "The meaning of prompt and answer, as an embedding model sees it, is close to the keeper's, although the "
            "words are not. System text, tools, media, reasoning and rejected answer are the same.\n\n"
            "A paraphrase can be useful variety or wasted effort. It is a suggestion to look, never dropped unseen."
        ),
    ),
    Check(
        name="conflicting-answers",
        family="similarity",
        severity="warning",
        suggestion="review",
        version=2,
        title="the same question with a different answer elsewhere",
        explanation=(
            "Another example asks in the same words and symbols (`3 + 4` is not `3 * 4`), in the same context, and "
            "gets an answer that shares less than half of its word 5-grams (an answer under five words: any other "
            "words).\n\n"
            "The model cannot learn both. It learns to guess between them, and neither loss goes down.\n\n"
            "Keep the better answer. Where a task has many right answers (stories, names), this is only information."
        ),
    ),
    Check(
        name="split-leak",
        family="similarity",
        severity="error",
        suggestion="fix",
        version=2,
        title="a validation example that the training set already contains",
        explanation=(
            "An example of the validation or test set asks in the same words and symbols as a training example, or has "
            "a whole text that is similar at the threshold or above.\n\n"
            "Validation then measures memory, not learning, and overfitting goes unseen.\n\n"
            "Split again, with similar examples on one side: `curator split DATA` moves what leaks to training."
        ),
    ),
    Check(
        name="contamination",
        family="similarity",
        severity="warning",
        suggestion="drop",
        version=1,
        title="contains a question or answer of an evaluation set",
        explanation=(
            "The example has a run of thirteen words and seven tenths of the word 5-grams of a question of the "
            "benchmark given by `--against`. A shorter question counts where all of it is there and its answer too, "
            "an answer alone from fifty words on. The words in a row are quoted.\n\n"
            "A model trained on its own exam scores well and is no better.\n\n"
            "Drop it, or evaluate on something else."
        ),
    ),
)
