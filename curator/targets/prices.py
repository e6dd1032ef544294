"""What a training run at a target might cost: always an estimate, always with where its figures come from."""

from dataclasses import asdict, dataclass
from typing import Any

from curator.errors import UsageError
from curator.targets.limits import Figure, figures

_WANTED_EXAMPLES = 100
_MOST_EXAMPLES = 25_000
_MOST_EPOCHS = 25
_USUAL_EPOCHS = 3


@dataclass(frozen=True)
class CostEstimate:
    """What a run might cost.

    Attributes:
        target: its name.
        model: the model to be trained; None where it is not known.
        epochs: passes over the training file.
        epochs_source: who decides on them.
        tokens: in the training file, as far as they count.
        billed_tokens: tokens times epochs.
        price: US dollars; None where no price is known.
        price_per_million: US dollars per million billed tokens.
        price_source: where that figure comes from, and when it was read.
        seconds: of training; None where the rate is unknown.
        label: what to call all this.
    """

    target: str
    model: str | None
    epochs: int
    epochs_source: str
    tokens: int
    billed_tokens: int
    price: float | None
    price_per_million: float | None
    price_source: str | None
    seconds: float | None
    label: str = "estimate"

    def as_json(self) -> dict[str, Any]:
        """Every attribute by name."""
        return asdict(self)


def openai_epochs(examples: int) -> int:
    """Epochs that OpenAI runs by default.

    Source: openai/openai-cookbook, Chat_finetuning_data_prep.ipynb: three; up to 25 so that at least 100 examples are
    seen, down to one so that at most 25,000 are.
    """
    if examples <= 0:
        return _USUAL_EPOCHS
    if examples * _USUAL_EPOCHS < _WANTED_EXAMPLES:
        return min(_MOST_EPOCHS, _WANTED_EXAMPLES // examples)
    if examples * _USUAL_EPOCHS > _MOST_EXAMPLES:
        return max(1, _MOST_EXAMPLES // examples)
    return _USUAL_EPOCHS


def default_epochs(target: str, examples: int) -> tuple[int, str]:
    """Epochs by the provider's own rule, and where the rule was read; three where it has none."""
    figure = figures("epochs").get(target)
    if figure is None:
        return _USUAL_EPOCHS, "no rule of the target is known, so three"
    if figure.value == "by examples":
        return openai_epochs(examples), figure.source
    return int(figure.value), figure.source


def prices(target: str, own: dict[str, Any] | None = None) -> dict[str, Figure]:
    """US dollars per million training tokens by model.

    Args:
        target: its name.
        own: the user's `[prices]` table: by target, by model, `{value, source, read}` or a plain number.

    Raises:
        UsageError: an entry of the user's is not of that shape.
    """
    known = figures(f"prices.{target}")
    for model, entry in ((own or {}).get(target) or {}).items():
        value = entry.get("value") if isinstance(entry, dict) else entry
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"prices.{target}.{model} is not a number of US dollars per million tokens.")
        described = entry if isinstance(entry, dict) else {}
        known[model] = Figure(value, str(described.get("source", "your own table")), str(described.get("read", "")))
    return known


def estimate(
    tokens: int,
    examples: int,
    target: str,
    *,
    model: str | None = None,
    epochs: int | None = None,
    own_prices: dict[str, Any] | None = None,
    tokens_per_second: float | None = None,
) -> CostEstimate:
    """What a run on a training file might cost.

    Args:
        tokens: in the training file, cut to the model's limit where it cuts.
        examples: in the training file.
        target: its name.
        model: the model to be trained.
        epochs: asked for; None: the provider's rule.
        own_prices: see `prices`.
        tokens_per_second: the rate of an earlier run; no provider publishes one.

    Raises:
        UsageError: the user's price table is not of the right shape.
    """
    by_rule, rule_source = default_epochs(target, examples)
    passes, source = (by_rule, rule_source) if epochs is None else (epochs, "asked for")
    billed = tokens * passes
    figure = _price_of(model, prices(target, own_prices)) if model else None
    return CostEstimate(
        target=target,
        model=model,
        epochs=passes,
        epochs_source=source,
        tokens=tokens,
        billed_tokens=billed,
        price=None if figure is None else round(billed / 1e6 * figure.value, 2),
        price_per_million=None if figure is None else float(figure.value),
        price_source=None if figure is None else f"{figure.source} ({figure.read})" if figure.read else figure.source,
        seconds=None if not tokens_per_second else billed / tokens_per_second,
    )


def _price_of(model: str, known: dict[str, Figure]) -> Figure | None:
    """The price of a model; a dated name such as `gpt-4.1-2025-04-14` has the price of the plain one."""
    fitting = [name for name in known if model == name or model.startswith(f"{name}-2")]
    return known[max(fitting, key=len)] if fitting else None
