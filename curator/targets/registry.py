"""Every target, in the order in which they are listed to a person."""

from curator.errors import UsageError, did_you_mean
from curator.targets.engines import alpaca, axolotl, huggingface, llama_factory, mlx, sharegpt
from curator.targets.services import anyscale, azure, bedrock_nova, fireworks, gemini, mistral, openai, together
from curator.targets.target import Target

TARGETS: tuple[Target, ...] = (
    openai.TARGET,
    azure.TARGET,
    together.TARGET,
    fireworks.TARGET,
    anyscale.TARGET,
    mistral.TARGET,
    gemini.TARGET,
    bedrock_nova.TARGET,
    huggingface.TARGET,
    axolotl.TARGET,
    llama_factory.TARGET,
    mlx.TARGET,
    alpaca.TARGET,
    sharegpt.TARGET,
)


def target_named(name: str) -> Target:
    """The target that `--target` names.

    Raises:
        UsageError: there is none of that name.
    """
    for target in TARGETS:
        if target.name == name:
            return target
    names = [target.name for target in TARGETS]
    raise UsageError(f"There is no target '{name}'.{did_you_mean(name, names)} Known targets: {', '.join(names)}.")
