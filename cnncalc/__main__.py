"""The entry point: `cnncalc`, and `python -m cnncalc`."""

import gc

gc.disable()  # what is imported stays: a tenth of the time would go into looking for garbage in it

from cnncalc.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
