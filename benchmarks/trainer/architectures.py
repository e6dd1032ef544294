"""Every architecture of the installed transformers: trained as plain transformers trains it, or refused by the plan.

    python -m benchmarks.trainer.architectures [NAME ...] [--out docs/architectures.md]

Each is a small model with random weights, from the default configuration. A step of four ragged examples,
padded and (where the plan says so) packed, in fp32 and NF4, is compared with one example after the other in plain
transformers and PEFT: loss and gradients of the adapter.
"""

from __future__ import annotations

import argparse
import tempfile
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import machine

TOLERANCE = 1e-5
INCOMPLETE: dict[str, dict[str, Any]] = {
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128},
    "ministral": {"head_dim": 128},
    "nemotron": {"head_dim": 128, "num_key_value_heads": 8},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 16},
    "cohere_compass_text": {"layer_types": ["full_attention"] * 2},
}
"""What the default configurations of a few leave open."""
PICTURES = (
    "mistral3",
    "qwen2_vl",
    "qwen2_5_vl",
    "qwen3_vl",
    "gemma3",
    "llava",
    "idefics3",
    "smolvlm",
    "internvl",
    "llama4",
)
"""Models that also see, whose text part is trained."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of an architecture: `refused` is the plan's sentence, `problem` a fault of the trainer."""

    name: str
    packs: bool = False
    worst: float = 0.0
    refused: str = ""
    problem: str = ""


def verdict(name: str, folder: Path, **settings: Any) -> Verdict:
    """Plan, and compare where the plan accepts."""
    from transformers import AutoConfig

    from trainer.contract.errors import TrainerError
    from trainer.contract.settings import RunSettings
    from trainer.model.small_copy import small_configs, small_model
    from trainer.plan.memory import measure_shape
    from trainer.plan.proof import prove

    try:
        config = AutoConfig.for_model(name, **INCOMPLETE.get(name, {}))
    except Exception as problem:
        return Verdict(name, refused=f"no default configuration ({str(problem).splitlines()[0][:80]})")
    given = RunSettings.model_validate({"model": {"name": name}, **settings})
    try:
        measure_shape([*small_configs(config)][-1], given)
        proof = prove(given, config, False)
        for small in small_configs(config):
            try:
                model = small_model(small)
                model(**_inputs(np.arange(6)))
                break
            except (MemoryError, RuntimeError, ValueError, TypeError, LookupError):
                continue
        else:
            return Verdict(name, refused="not tried: no small copy can be made of the default configuration")
        model.save_pretrained(folder)
        packs = proof.packing_problem is None
        return Verdict(name, packs, worst_difference(folder, given, packs))
    except TrainerError as problem:
        return Verdict(name, refused=str(problem))
    except Exception:
        return Verdict(name, problem=traceback.format_exc())


def worst_difference(folder: Path, given: Any, packs: bool) -> float:
    """The largest relative difference of loss and gradients from plain transformers and PEFT."""
    from trainer.data.batches import Layout, step_batch
    from trainer.model.loss import answer_scores

    examples = _examples()
    worst = 0.0
    for quantisation in ("none", "nf4"):
        plain = _adapted(folder, given, quantisation, replaced=False)
        loss, gradient = _reference(plain, examples)
        for packed in (False, True) if packs else (False,):
            model = _adapted(folder, given, quantisation, replaced=packs)
            batch = step_batch(examples, examples.lengths, np.arange(len(examples)), Layout(packed, 1000), 0, 0)
            total = 0.0
            for part in batch.micro_batches:
                scores = answer_scores(model, part, batch.weight)
                scores.loss.backward()
                total += float(scores.loss)
            found = _gradient(model)
            apart = float((found - gradient).norm() / gradient.norm())
            worst = max(worst, apart, abs(total - loss) / loss)
    return worst


def _adapted(folder: Path, given: Any, quantisation: str, replaced: bool) -> Any:
    import torch

    from trainer.contract.settings import ModelSettings
    from trainer.model.adapters import add_adapter
    from trainer.model.fused import fuse_adapters
    from trainer.model.load import ModelSource, choose_placement, load_model, replace_attention

    settings = ModelSettings(name=str(folder), quantisation=quantisation, precision="float32", device="cpu")
    base = load_model(ModelSource(str(folder), None, False, False), choose_placement(settings))
    if replaced:
        replace_attention(base)
    torch.manual_seed(1)
    lora = given.lora.model_copy(
        update={"rank": 4, "alpha": 8, "dropout": 0.0, "variant": given.lora.variant or "lora"}
    )
    model = add_adapter(base, lora)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    if replaced:
        fuse_adapters(model)
    return model.eval()


def _examples() -> Any:
    from trainer.data.tokens import TokenisedExamples, Tokens

    rng = np.random.default_rng(3)
    made = []
    for number, length in enumerate((9, 23, 14, 31)):
        weights = (rng.random(length) < 0.5).astype(np.float32) * (0.5 if number == 1 else 1.0)
        weights[0], weights[-1] = 0, 1
        made.append(Tokens(str(number), rng.integers(3, 100, length).astype(np.int32), weights, True))
    return TokenisedExamples(made)


def _reference(model: Any, examples: Any) -> tuple[float, Any]:
    import torch

    weight, total = float(examples.weight_sums.sum()), 0.0
    for example in examples:
        logits = model(**_inputs(example.ids)).logits[0, :-1].float()
        losses = torch.nn.functional.cross_entropy(
            logits, torch.from_numpy(example.ids[1:].astype(np.int64)), reduction="none"
        )
        loss = (losses * torch.from_numpy(example.weights[1:]) / weight).sum()
        loss.backward()
        total += float(loss)
    return total, _gradient(model)


def _inputs(ids: Any) -> dict[str, Any]:
    import torch

    row = torch.from_numpy(ids.astype(np.int64))[None]
    return {"input_ids": row, "attention_mask": torch.ones_like(row), "use_cache": False}


def _gradient(model: Any) -> Any:
    import torch

    parts = [
        p.grad.flatten() if p.grad is not None else torch.zeros(p.numel())
        for p in model.parameters()
        if p.requires_grad
    ]
    return torch.cat(parts)


def names() -> list[str]:
    """Model types that transformers makes a causal language model of, and the known ones that also see."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return sorted({*MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, *PICTURES})


def table(verdicts: list[Verdict]) -> str:
    """Markdown: what is trained, and what is refused with which sentence."""
    equal = [one for one in verdicts if not one.refused and not one.problem and one.worst <= TOLERANCE]
    rows = [f"| `{one.name}` | {'packed and padded' if one.packs else 'padded'} | {one.worst:.0e} |" for one in equal]
    refused = [f"| `{one.name}` | {one.refused} |" for one in verdicts if one.refused]
    other = [
        f"| `{one.name}` | {one.worst:.0e} {one.problem.strip().splitlines()[-1:]} |"
        for one in verdicts
        if one not in equal and not one.refused
    ]
    parts = [
        "| architecture | rows | largest difference |",
        "| --- | --- | --- |",
        *rows,
        "",
        "| refused | because |",
        "| --- | --- |",
        *refused,
    ]
    return "\n".join(parts + (["", "| wrong | how |", "| --- | --- |", *other] if other else [])) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="*")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    from trainer.model.quiet import quieten_libraries, stay_offline, yield_idle_threads

    quieten_libraries()
    stay_offline()
    yield_idle_threads()
    import torch

    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    verdicts = []
    for name in options.name or names():
        with tempfile.TemporaryDirectory() as temporary:
            verdicts.append(verdict(name, Path(temporary)))
        one = verdicts[-1]
        print(f"{name}: {one.problem or one.refused or f'{one.worst:.1e} packs={one.packs}'}", flush=True)
    equal = sum(not one.refused and not one.problem and one.worst <= TOLERANCE for one in verdicts)
    refused = sum(bool(one.refused) for one in verdicts)
    print(
        f"\n{machine()}\n{equal} equal to {TOLERANCE:.0e}, {refused} refused, {len(verdicts) - equal - refused} wrong"
    )
    if options.out:
        options.out.write_text(table(verdicts), encoding="utf-8")


if __name__ == "__main__":
    main()
