"""Examples of four topics, in plain words, and what is far from all of them."""

import random

import polars as pl

from curator.embedding.encoders.encoder import encode_views, encoder_named
from curator.embedding.vectors import Vectors

DISHES = ["soup", "bread", "pancakes", "rice", "salad", "stew", "pie", "noodles"]
TOWNS = ["Lisbon", "Oslo", "Prague", "Vienna", "Dublin", "Athens", "Madrid", "Warsaw"]
MATTERS = [
    (
        "How do I cook {dish} for {n} people?",
        "Heat oil in a pan, add the {dish} ingredients and simmer for {n} minutes.",
    ),
    ("How do I get to {town} by train in {n} days?", "Take the night train to {town}; it leaves from platform {n}."),
    (
        "Why does my computer crash {n} times a day near {town}?",
        "Update the graphics driver and check the memory {n} times.",
    ),
    ("What should I plant in a garden of {n} metres in {town}?", "Tomatoes and beans grow well in the soil of {town}."),
]
FOREIGN = "SELECT id, total FROM invoices WHERE paid_at IS NULL ORDER BY total DESC LIMIT 50;"


def views(count: int = 240, seed: int = 0) -> pl.DataFrame:
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        words = {"dish": draw.choice(DISHES), "town": draw.choice(TOWNS), "n": draw.randint(2, 99)}
        prompt, answer = MATTERS[number % 4]
        rows.append((prompt.format(**words), answer.format(**words)))
    return pl.DataFrame(rows, schema=["prompt", "answer"], orient="row").with_columns(context=pl.lit(0, pl.UInt64))


def texts(frame: pl.DataFrame) -> dict[int, str]:
    return {
        at: f"{prompt}\n{answer}" for at, (prompt, answer) in enumerate(frame.select("prompt", "answer").iter_rows())
    }


def encoded(frame: pl.DataFrame) -> Vectors:
    return encode_views(frame, encoder_named())
