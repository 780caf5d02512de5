"""What any planner has to do: read the input, find who hangs together, write a night a mailbox.

`python -m bench.planners.floor ESTATE OUT`. Everybody is put into night 0, which is no plan; it is the least time that
the same libraries need for the same files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def main(estate: Path, out: Path) -> None:
    """Read *estate*, and write a file of the size of a plan into *out*."""
    boxes = pl.read_parquet(
        estate / "mailboxes.parquet", columns=["guid", "organisation", "site", "size_bytes"]
    )
    rights = pl.read_parquet(estate / "permissions.parquet", columns=["mailbox", "trustee", "kind"])
    ends = (rights["mailbox"].to_numpy(), rights["trustee"].to_numpy())
    joined = coo_array((np.ones(len(rights), np.int8), ends), (len(boxes), len(boxes)))
    label = connected_components(joined, directed=False)[1]
    night = np.zeros(len(boxes), dtype=np.int16)
    pl.DataFrame({"guid": boxes["guid"], "group": label, "night": night}).write_parquet(out / "plan.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
