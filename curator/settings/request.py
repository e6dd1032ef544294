"""What a person said on the command line, or chose in the app, about the data to work on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DataRequest:
    """Options that every verb on data understands; None: not said, so the settings decide.

    Attributes:
        data: file names, glob patterns, or `-` for standard input.
        project: the project folder.
        format_name: form of the examples.
        columns: prompt, answer and system keys.
        select: checks to run.
        ignore: checks not to run.
        checks: files of checks of the user's own.
        where: filter.
        embedder: encoder of meaning: default, none, or a model's name or folder.
        map: how examples are laid out on the map of meaning, pca or umap.
        allow_download: a model that is not on this machine may be fetched.
        target: provider or trainer whose limits apply.
        tokenizer: name of a vocabulary, or a local model folder.
        max_tokens: limit of one example.
        config: settings file.
        annotator: whose decisions these are.
        against: evaluation files whose items must not be in the data.
        quiet: no narration.
        no_colour: no colours.
    """

    data: tuple[str, ...]
    project: str | None = None
    format_name: str | None = None
    columns: dict[str, str] | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    checks: tuple[str, ...] = ()
    where: str | None = None
    embedder: str | None = None
    map: str | None = None
    allow_download: bool = False
    target: str | None = None
    tokenizer: str | None = None
    max_tokens: int | None = None
    config: str | None = None
    annotator: str | None = None
    against: tuple[str, ...] = ()
    quiet: bool = False
    no_colour: bool = False
