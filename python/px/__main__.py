"""``python -m px``: the same as the command ``px``."""

from .cli import main

if __name__ == "__main__":
    main()
