"""The command line, `trainer plan/run/resume/evaluate/merge/chat DIR`; heavy imports wait until they are needed."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

import click

from trainer import __version__, contract
from trainer.contract.errors import TrainerError
from trainer.module_path import leave_working_folder

Folder = click.Path(path_type=Path, file_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="trainer")
def cli() -> None:
    """Train a QLoRA adapter: a folder with run.toml, train.jsonl and validation.jsonl in, an adapter in it out.

    Exit codes: 0 done, 2 wrong settings or data, 3 missing model, package or device, 4 stopped midway (`trainer resume`
    continues), 130 interrupted.
    """


def _model_options(command: Any) -> Any:
    """What a person allows of the model; a run's folder cannot."""
    code = click.option("--trust-remote-code", is_flag=True, help="Run code that comes with the model.")
    download = click.option("--allow-download", is_flag=True, help="Fetch the model from the hub if it is not here.")
    return download(code(command))


def _skip_option(command: Any) -> Any:
    name = "--skip-untrainable"
    return click.option(
        name, is_flag=True, help="Skip examples that cannot be trained on; untrainable.jsonl says why."
    )(command)


@cli.command()
@click.argument("folder", type=Folder)
@click.option("--json", "as_json", is_flag=True, help="The plan as one JSON object on stdout.")
@click.option("--refused", "what", flag_value="refused", help="Instead: what the chat template refuses, as JSON.")
@click.option("--rendered", "what", flag_value="rendered", help="Instead: examples as the model sees them, as JSON.")
@_skip_option
@_model_options
def plan(
    folder: Path,
    as_json: bool,
    what: str | None,
    skip_untrainable: bool,
    allow_download: bool,
    trust_remote_code: bool,
) -> None:
    """Show what a run would do: settings and their sources, trained tokens, steps, memory, time. Trains nothing."""
    _prepare(folder, allow_download)
    if what is not None:
        from trainer.plan.rendered import refused, rendered

        answered = refused if what == "refused" else rendered
        found = answered(folder, allow_download, trust_remote_code=trust_remote_code)
        _print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    from trainer.plan.describe import describe
    from trainer.plan.plan import make_plan

    made = make_plan(folder, allow_download, trust_remote_code=trust_remote_code, skip_untrainable=skip_untrainable)
    if as_json:
        about = {
            **made.as_event(),
            "truncation_report": made.train_truncation.as_event(),
            "warnings": made.warnings,
            "page": describe(made, colour=False),
        }
        _print(json.dumps(about, ensure_ascii=False, indent=2))
    else:
        _print(describe(made, colour=sys.stdout.isatty()))


@cli.command()
@click.argument("folder", type=Folder)
@_skip_option
@_model_options
def run(folder: Path, skip_untrainable: bool, allow_download: bool, trust_remote_code: bool) -> None:
    """Train."""
    _train(folder, allow_download, trust_remote_code, resume=False, skip_untrainable=skip_untrainable)


@cli.command()
@click.argument("folder", type=Folder)
@_model_options
def resume(folder: Path, allow_download: bool, trust_remote_code: bool) -> None:
    """Continue a stopped or killed run from its last sound checkpoint; after its last step it is only evaluated."""
    _train(folder, allow_download, trust_remote_code, resume=True)


@cli.command()
@click.argument("folder", type=Folder)
@click.option("--answers", type=click.IntRange(min=1), default=200, show_default=True, help="Questions asked, at most.")
@click.option("--untuned", is_flag=True, help="Ask only the untuned model, with a good prompt; before any training.")
@click.option("--against", type=Folder, metavar="OTHER", help="Only compare with another evaluated run.")
@_model_options
def evaluate(
    folder: Path, answers: int, untuned: bool, against: Path | None, allow_download: bool, trust_remote_code: bool
) -> None:
    """Compare the tuned with the untuned model, which gets a good prompt, on the held-out examples.

    A run that was trained and not evaluated is finished first.
    """
    if against is not None:
        from trainer.evaluate.against import against as compare_runs

        _print(json.dumps(compare_runs(against, folder), indent=2))
        return
    _prepare(folder, allow_download)
    from trainer.evaluate.again import evaluate_again, evaluate_untuned

    if untuned:
        _print(json.dumps(evaluate_untuned(folder, allow_download, answers, trust_remote_code), indent=2))
        return
    if _lacks_only_its_evaluation(folder):
        _train(folder, allow_download, trust_remote_code, resume=True)
    compared = evaluate_again(folder, allow_download, answers, trust_remote_code)
    _print(compared.model_dump_json(indent=2))
    if compared.sentence:
        click.echo(compared.sentence, err=True)


@cli.command()
@click.option(
    "--before", type=Folder, multiple=True, required=True, help="An evaluated run; may be named several times."
)
@click.option("--after", type=Folder, multiple=True, required=True, help="The same for the other version of the data.")
def versions(before: tuple[Path, ...], after: tuple[Path, ...]) -> None:
    """Did a change of the data help? Compare runs of two versions of it, by held-out loss."""
    from trainer.evaluate.versions import compare_versions

    _print(json.dumps(compare_versions(before, after), indent=2))


@cli.command()
@click.argument("folder", type=Folder)
@click.option("--dtype", type=click.Choice(["bfloat16", "float32"]), default="bfloat16", show_default=True)
@_model_options
def merge(folder: Path, dtype: str, allow_download: bool, trust_remote_code: bool) -> None:
    """Write the base model with the adapter built in, in 16 or 32 bits, and check it."""
    _prepare(folder, allow_download)
    from trainer.publish.merge import merge_adapter

    report = merge_adapter(folder, dtype, allow_download, trust_remote_code)
    _print(json.dumps(report, indent=2))


@cli.command()
@click.argument("folder", type=Folder)
@click.option("--system", help="System message; by default that of the first training example.")
@_model_options
def chat(folder: Path, system: str | None, allow_download: bool, trust_remote_code: bool) -> None:
    """Talk to the untuned and the tuned model side by side."""
    _prepare(folder, allow_download)
    from trainer.chat import talk

    talk(folder, system, allow_download, trust_remote_code)


def _prepare(folder: Path, allow_download: bool) -> None:
    """Before work on a run: what it writes is no more open than the run's folder, and nothing is fetched unasked."""
    if folder.is_dir():
        os.umask(os.umask(0o077) | (~folder.stat().st_mode & 0o077))
    from trainer.model.quiet import quieten_libraries, stay_offline, yield_idle_threads

    quieten_libraries()
    yield_idle_threads()
    if not allow_download:
        stay_offline()


def _train(
    folder: Path, allow_download: bool, trust_remote_code: bool, resume: bool, skip_untrainable: bool = False
) -> None:
    began = _process_start()
    _prepare(folder, allow_download)
    from trainer.train.recipe import run as train

    train(
        folder,
        resume=resume,
        allow_download=allow_download,
        trust_remote_code=trust_remote_code,
        skip_untrainable=skip_untrainable,
        began=began,
    )


def _lacks_only_its_evaluation(folder: Path) -> bool:
    from trainer.train.checkpoints import ends_training, newest_sound

    if (folder / contract.RESULT_FILE).exists():
        return False
    checkpoint, _ = newest_sound(folder / contract.CHECKPOINTS_FOLDER)
    return checkpoint is not None and ends_training(checkpoint)


def _process_start() -> float:
    """Wall-clock time this process began, so that the time to the first loss includes every import."""
    import psutil

    return float(min(time.time(), psutil.Process().create_time()))


def main() -> NoReturn:
    """Run the command and turn what went wrong into a sentence and an exit code."""
    leave_working_folder()
    try:
        code = cli.main(standalone_mode=False) or contract.EXIT_CLEAN
    except TrainerError as problem:
        code = _say(str(problem), problem.exit_code)
    except click.ClickException as problem:
        problem.show()
        code = contract.EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        code = _say("Interrupted.", contract.EXIT_SIGINT)
    except ModuleNotFoundError as problem:
        code = _missing(problem)
    except OSError as problem:
        code = _say(f"A file could not be read or written: {problem}.", contract.EXIT_INTERRUPTED_WORK)
    except Exception:
        traceback.print_exc()
        code = _say("This is a bug in the trainer; the lines above say where.", contract.EXIT_INTERNAL)
    sys.exit(code)


def _missing(problem: ModuleNotFoundError) -> int:
    package = (problem.name or "").partition(".")[0]
    if package in ("", "trainer"):
        traceback.print_exc()
        return _say("This is a bug in the trainer; the lines above say where.", contract.EXIT_INTERNAL)
    line = "pip install 'curator-tune[train]'"
    return _say(f"The trainer needs {package}, which is not installed: {line}.", contract.EXIT_MISSING)


def _print(text: str) -> None:
    """Print the result of a command, as its last step; that a reader has closed the pipe is not a problem."""
    try:
        click.echo(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed when Python ends


def _say(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code
