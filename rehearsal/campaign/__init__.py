"""The whole national campaign in virtual time, in one process and without sockets.

Batches are the units of work and mailboxes the elements of arrays. `run.run` carries a campaign out; its event log is
the truth, and the state is rebuilt from it after a crash. What the service allows comes from a named profile
(profiles.yaml), and every figure printed names its profile. README.md states the rules and what they leave out.
"""
