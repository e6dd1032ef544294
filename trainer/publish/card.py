"""The model card: what was trained on what, how well it does, and how to use it."""

from __future__ import annotations

import re
from pathlib import Path

from trainer import contract
from trainer.contract.results import Interval, Result
from trainer.plan.plan import Plan

FRONT_MATTER_LICENCE = re.compile(r"\A---\n(?:(?!---).*\n)*?licen[sc]e: *(?P<name>[\w.-]+)", re.ASCII)
NO_LICENCE = "not stated; see its own page ([model] licence in run.toml sets it here)"


def model_card(plan: Plan, result: Result) -> str:
    """Markdown with the front matter that the hub reads."""
    base = plan.settings.model.name
    licence = _licence(plan)
    lines = [
        "---",
        f"base_model: {base}",
        f"license: {licence or 'other'}",
        "library_name: peft",
        "tags: [lora, qlora, chat]",
        "---",
        "",
        f"# {result.run}",
        "",
        f"A LoRA adapter for `{base}`, trained on {result.truncation_report['examples']} chat examples "
        f"({result.truncation_report['trained_tokens']} answer tokens). "
        f"Licence of the base model: {licence or NO_LICENCE}.",
        "",
        *_results(result),
        "## Use",
        "",
        *_usage(base),
        "## Settings",
        "",
        "| setting | value | from |",
        "| --- | --- | --- |",
        *_settings(result),
        "",
        "## Data and versions",
        "",
        *(f"- `{name}` sha256 `{digest}`" for name, digest in result.data.items()),
        *(f"- {name} {number}" for name, number in result.versions.items()),
        "",
    ]
    return "\n".join(lines)


def _licence(plan: Plan) -> str | None:
    """`[model] licence`, else what the base model's own card says."""
    if plan.settings.model.licence is not None:
        return plan.settings.model.licence
    from transformers.utils import cached_file

    source = plan.source
    card = cached_file(
        source.name,
        "README.md",
        revision=source.revision,
        local_files_only=not source.allow_download,
        _raise_exceptions_for_missing_entries=False,
        _raise_exceptions_for_connection_errors=False,
    )
    text = Path(card).read_text(encoding="utf-8", errors="replace") if card else ""
    stated = FRONT_MATTER_LICENCE.search(text)
    return stated["name"] if stated else None


def _results(result: Result) -> list[str]:
    lines = ["## Results", "", "| | loss | 95 % interval |", "| --- | --- | --- |"]
    if result.evaluation is None:
        best = "not measured" if result.validation_loss is None else f"{result.validation_loss:.4f}"
        return [*lines, f"| validation, best step {result.best_step} | {best} | |", ""]
    compared = result.evaluation
    lines += [
        _line(f"untuned, {compared.examples} held-out examples", compared.baseline_loss),
        _line(f"tuned, step {result.best_step}", compared.tuned_loss),
        f"| fall | {compared.loss_fall.value:.1%} | {compared.loss_fall.low:.1%} to {compared.loss_fall.high:.1%} |",
        "",
        *(sentence for sentence in (compared.sentence, compared.caution, "") if sentence is not None),
    ]
    return lines


def _line(name: str, figure: Interval) -> str:
    return f"| {name} | {figure.value:.4f} | {figure.low:.4f} to {figure.high:.4f} |"


def _usage(base: str) -> list[str]:
    return [
        "```python",
        "from peft import AutoPeftModelForCausalLM",
        "from transformers import AutoTokenizer",
        'model = AutoPeftModelForCausalLM.from_pretrained("adapter")',
        'tokenizer = AutoTokenizer.from_pretrained("adapter")',
        "```",
        "",
        "```sh",
        f"vllm serve {base} --enable-lora --lora-modules tuned=adapter --chat-template adapter/chat_template.jinja",
        "",
        "# After `trainer merge`, for llama.cpp and Ollama:",
        f"python convert_hf_to_gguf.py {contract.MERGED_FOLDER} --outfile tuned.gguf --outtype q8_0",
        "printf 'FROM ./tuned.gguf\\n' > Modelfile && ollama create tuned -f Modelfile",
        "```",
        "",
        "Use the chat template in this folder and the same system message as in training. In Ollama compare the",
        "template that `ollama show tuned --template` prints with `chat_template.jinja`: another template is the usual",
        "reason for a tuned model that answers badly or does not stop.",
        "",
    ]


def _settings(result: Result) -> list[str]:
    return [
        f"| {section}.{name} | {value} | {result.origins.get(f'{section}.{name}', 'run.toml')} |"
        for section, values in result.settings.items()
        for name, value in values.items()
        if value is not None
    ]
