"""What `pulumi` starts, by hand and in a pipeline."""

import gc

# What is loaded and laid stays until the process ends, some seconds later: looking for garbage takes a tenth of them.
gc.disable()

from infra.program import run  # noqa: E402

run()
