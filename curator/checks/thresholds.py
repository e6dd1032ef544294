"""Every number that a check compares with, in one place, each with its source; `[checks]` in curator.toml sets them."""

from pydantic import BaseModel, ConfigDict, Field


class Thresholds(BaseModel):
    """Thresholds of all checks. A field's description says what it is and where its default comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share_of_set: float = Field(
        default=0.8,
        gt=0.5,
        le=1,
        description="Share of examples that must follow a habit before leaving it is reported"
        " (same system text, ended answers, one output format). From the definition of those checks.",
    )
    length_deviations: float = Field(
        default=4.0,
        gt=0,
        description="Robust deviations (1.4826 MAD) of log length from the median beyond which an example is a length"
        " outlier. Four leaves 6 in 100,000 of a log-normal set.",
    )
    short_answer_words: int = Field(
        default=3,
        ge=1,
        description="Words up to which an answer is short: 'Yes.', 'Not yet.' or 'I see that.'; a sentence has more.",
    )
    short_answer_characters: int = Field(
        default=20,
        ge=1,
        description="Characters up to which an answer of few words is short: scripts without spaces write a paragraph"
        " as one word, and three words of English are rarely longer.",
    )
    short_answers_common: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Share of short answers in the set from which they are its habit and not reported. Measured: 8 % in"
        " Stanford Alpaca, where classification asks for one word.",
    )
    pair_words_alike: float = Field(
        default=0.95,
        gt=0,
        le=1,
        description="Share of the words and signs of two answers that are the same from which a pair is nearly equal:"
        " one in twenty differs, as in a corrected typing error or a number.",
    )
    pair_words: int = Field(
        default=10,
        ge=1,
        description="Words of an answer from which a pair can be nearly equal or a rejected answer cut off: of shorter"
        " ones a word is a large part.",
    )
    fewest_pairs: int = Field(
        default=5,
        ge=2,
        description="Pairs from which length is looked at: five of five in one direction are beyond chance at 95 %.",
    )
    biased_auc: float = Field(
        default=0.6,
        gt=0.5,
        lt=1,
        description="AUC of length alone from which a set is biased, where its interval does not contain 0.5. Sets of "
        "people's"
        " choices lie at 0.5 to 0.6 (Singhal et al. 2023).",
    )
    biased_style: float = Field(
        default=0.75,
        gt=0.5,
        lt=1,
        description="The same of words without the prompt: some words are better than others for good reasons.",
    )
    fewest_of_a_label: float = Field(
        default=0.2,
        gt=0,
        lt=0.5,
        description="Share of the rarer rating below which a set of rated answers is unbalanced. KTO's authors advise"
        " weighted counts between 1:1 and 4:3; at 1:4 the weight is four.",
    )
    repeated_calls: int = Field(
        default=3,
        ge=2,
        description="Equal calls with equal results in a row that are a loop: the second is a try, the third is none.",
    )
    largest_result: int = Field(
        default=20_000,
        ge=1,
        description="Characters of a tool's result that is oversized: about 5,000 tokens, more than an answer to any"
        " question. Claude Code cuts results at 30,000 characters.",
    )
    result_share: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="Share of its example that such a result must fill: in a long session a long file is a small part.",
    )
    constant_answer: float = Field(
        default=0.2,
        gt=0,
        lt=1,
        description="Share of one answer from which it is a way to a reward without thinking; where there are few"
        " different answers, 0.15 more than its equal share.",
    )
    fewest_examples: int = Field(
        default=50,
        ge=1,
        description="Examples below which the set is called too small. OpenAI's guide: gains are usually seen from"
        " 50 to 100 well-made examples.",
    )
    repeated_share: float = Field(
        default=0.2,
        gt=0,
        le=1,
        description="Share of an answer's words that copies in a row must fill. The top"
        " n-gram limits of Gopher (Rae et al. 2021, table A1) are 0.20, 0.18 and 0.16 for documents; the loosest of"
        " them, because answers are shorter.",
    )
    repeated_copies: int = Field(
        default=3,
        ge=2,
        description="Copies in a row before they are a loop: twice is emphasis.",
    )
    repeated_words: int = Field(
        default=12,
        ge=2,
        description="Words of all copies together. Below that, what repeats is a refrain, an example or a laugh: of"
        " Alpaca's shorter runs, read one by one, none was a fault.",
    )
    truncated_words: int = Field(
        default=40,
        ge=1,
        description="Words of an answer from which an open end is reported. Shorter answers are often a title, a name"
        " or a number. From the definition of the check.",
    )
    echoed_share: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="Share of the prompt's words with which an answer begins before it is an echo. From the definition"
        " of the check.",
    )
    echoed_words: int = Field(
        default=5,
        ge=1,
        description="Words of the shortest prompt that can be echoed; answering a prompt of four words often takes"
        " the same four.",
    )
    language_bytes: int = Field(
        default=60,
        ge=1,
        description="UTF-8 bytes of letters in an answer before its language is judged: twelve words, or twenty Han"
        " characters. CLD2's authors promise nothing under 200 bytes; with its reliability flag, its score and running"
        " text asked for, no wrong verdict was left on four English sets from 60 on.",
    )
    own_check_seconds: float = Field(
        default=60.0,
        gt=0,
        description="Seconds that a check of your own may take for a block of some megabytes before it is ended. A"
        " check of a millisecond an example needs a tenth of that.",
    )
