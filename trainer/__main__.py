"""`python -m trainer`, and what `accelerate launch -m trainer` starts on every device."""

from trainer.module_path import leave_working_folder

leave_working_folder()  # before anything else is imported

from trainer.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
