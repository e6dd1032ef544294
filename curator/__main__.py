"""`python -m curator`."""

from curator.module_path import leave_working_folder

leave_working_folder()  # before anything else is imported

from curator.cli import main  # noqa: E402

main()
