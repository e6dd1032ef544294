"""`python -m trainer`, and what `accelerate launch -m trainer` starts on every device."""

from trainer.cli import main

if __name__ == "__main__":
    main()
