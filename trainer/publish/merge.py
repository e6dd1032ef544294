"""The adapter built into the base model, in 16 or 32 bits.

Never into 4-bit weights: rounding to them again removes much of what was learnt. What was written is loaded again and
checked: logits against base and adapter, loss on the held-out examples, template and stop tokens.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainer import contract
from trainer.contract.errors import DoesNotFitError, SettingsError
from trainer.contract.files import sha256, write_text
from trainer.data.batches import Layout, micro_batch
from trainer.evaluate.answers.generate import stop_tokens
from trainer.evaluate.held_out import score, spread_sample
from trainer.model.load import ModelSource, Placement, load_config, load_model, load_tokenizer
from trainer.plan.plan import Plan
from trainer.publish.finished import finished_run

LARGEST_DIFFERENCE = {"float32": 1e-5, "bfloat16": 5e-2}
"""Between logits of the merged model and of base and adapter, relative to the largest logit. fp32 merges are exact to
about 1e-6; bfloat16 keeps 8 bits of each merged weight."""
_REPORT, _MERGED_FILES = "merge.json", "written.json"
"""What was checked; and the SHA-256 of each file, by which the next merge knows what it may replace."""
PROBED = 8
"""Held-out examples whose logits are compared."""


def merge_adapter(
    folder: Path, dtype: str, allow_download: bool = False, trust_remote_code: bool = False
) -> dict[str, Any]:
    """Write `merged/` and return what was checked: difference of logits, held-out loss before and after writing.

    An earlier merge is replaced; a `merged/` with anything else in it is not.

    Raises:
        DoesNotFitError: disk or host memory is too small.
        SettingsError: the written model does not agree with base and adapter, or `merged/` holds something else.
    """
    import torch
    from peft import PeftModel

    plan, result = finished_run(folder, allow_download, trust_remote_code)
    target = folder / contract.MERGED_FOLDER
    _refuse_what_is_not_ours(target)
    placement = Placement("cpu", getattr(torch, dtype), quantised=False)
    _refuse_if_too_large(plan, placement)
    held_out = plan.validation.tokens if plan.validation is not None else plan.train
    probe = micro_batch(held_out, range(min(PROBED, len(held_out))), packed=False)
    sample = spread_sample(len(held_out), plan.settings.evaluation.max_examples, plan.settings.training.seed)
    layout = Layout(packed=False, tokens=plan.settings.training.micro_batch_tokens or 0)

    model = PeftModel.from_pretrained(_base(plan, placement), folder / contract.ADAPTER_FOLDER)
    model.eval()
    with torch.no_grad():
        expected = model(**probe.inputs).logits.float()
    before = score(model, held_out, sample, layout, "cpu", torch.float32).mean_loss
    merged = model.merge_and_unload(safe_merge=True)
    _write(plan, merged, target)
    del model, merged

    rewritten = load_model(ModelSource(str(target), None, False, plan.source.trust_remote_code), placement)
    rewritten.eval()
    with torch.no_grad():
        found = rewritten(**probe.inputs).logits.float()
    difference = float((found - expected).abs().max() / expected.abs().max())
    after = score(rewritten, held_out, sample, layout, "cpu", torch.float32).mean_loss
    problems = _template_problems(plan, target)
    if difference > LARGEST_DIFFERENCE[dtype]:
        problems.append(f"its logits differ by {difference:.1e} of the largest one from base and adapter")
    if problems:
        raise SettingsError(
            f"The merged model in {target} failed its check: {'; '.join(problems)}. Try --dtype float32."
        )
    report = {
        "folder": str(target),
        "dtype": dtype,
        "logit_difference": difference,
        "held_out_loss_adapter": before,
        "held_out_loss_merged": after,
        "held_out_loss_in_training": result.validation_loss,
        "stop_tokens": stop_tokens(plan.tokenizer, plan.train, plan.base_stops),
    }
    write_text(target / _REPORT, json.dumps(report, indent=2) + "\n")
    return report


def _base(plan: Plan, placement: Placement) -> Any:
    """The base model in 16 or 32 bits; after LoftQ what its 4-bit weights encode: that adapter holds the rest."""
    if plan.settings.lora.variant != "loftq":
        return load_model(plan.source, placement)
    return load_model(plan.source, replace(placement, quantised=True)).dequantize()


def _write(plan: Plan, merged: Any, target: Path) -> None:
    """Write beside the target and rename, so that at every moment the earlier model or this one is whole."""
    temporary = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    merged.config.use_cache = True
    merged.generation_config.eos_token_id = stop_tokens(plan.tokenizer, plan.train, plan.base_stops)
    merged.save_pretrained(temporary)
    plan.tokenizer.save_pretrained(temporary)
    rewritten = {path.name: sha256(path) for path in sorted(temporary.iterdir())}
    write_text(temporary / _MERGED_FILES, json.dumps(rewritten, indent=1))
    old = target.with_name(f".{target.name}.old")
    if target.exists():
        _refuse_what_is_not_ours(target)
        target.rename(old)
    temporary.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _refuse_what_is_not_ours(target: Path) -> None:
    """See that only an earlier merge would be replaced; one that was set aside when a merge was killed comes back.

    Raises:
        SettingsError: something else is in the folder; the sentence names it.
    """
    old = target.with_name(f".{target.name}.old")
    if old.is_dir():
        shutil.rmtree(old) if target.exists() else old.rename(target)
    if not target.exists():
        return
    try:
        rewritten = json.loads((target / _MERGED_FILES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        rewritten = {}
    found = [path for path in sorted(target.iterdir()) if path.name not in (_MERGED_FILES, _REPORT)]
    others = [path.name for path in found if not path.is_file() or rewritten.get(path.name) != sha256(path)]
    if others or (found and not rewritten):
        raise SettingsError(
            f"{target} holds something that `trainer merge` did not write, or that has changed since: "
            f"{', '.join(others[:5])}. Move it elsewhere, then merge again."
        )


def _template_problems(plan: Plan, target: Path) -> list[str]:
    """The written folder must render and stop as in training."""
    source = ModelSource(str(target), None, False, plan.source.trust_remote_code)
    problems = []
    if load_tokenizer(source).chat_template != plan.template.source:
        problems.append("its chat template is not the one of the training")
    generation = json.loads((target / "generation_config.json").read_text(encoding="utf-8"))
    stops = generation.get("eos_token_id")
    if (stops if isinstance(stops, list) else [stops]) != stop_tokens(plan.tokenizer, plan.train, plan.base_stops):
        problems.append("its generation settings lack a stop token")
    if getattr(load_config(source), "quantization_config", None) is not None:
        problems.append("it is quantised")
    return problems


def _refuse_if_too_large(plan: Plan, placement: Placement) -> None:
    from trainer.plan.memory import free_memory

    size = plan.shape.parameters * placement.dtype.itemsize
    free = shutil.disk_usage(plan.folder).free
    if size > free:
        raise DoesNotFitError(f"The merged model needs {size >> 20} MiB of disk and {free >> 20} MiB are free.")
    if size > free_memory(placement):
        raise DoesNotFitError(
            f"Merging needs {size >> 20} MiB of host memory and {free_memory(placement) >> 20} MiB are free. Use "
            "--dtype bfloat16, or a machine with more memory; the adapter itself can be served without merging."
        )
