"""The national estate, generated: 2.1 million invented mailboxes over the real organisations of the NHS in England.

`estate.generate(seed, mailboxes)` makes four tables; `python -m rehearsal.national` writes them as Parquet. README.md
beside this file gives the shape, with measured figures and the source or assumption of each.
"""
