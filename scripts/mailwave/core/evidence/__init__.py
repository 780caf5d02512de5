"""Evidence that outlives its keepers: a Merkle tree over the journal, signed checkpoints, and how both are checked.

Everything here is a function of bytes. Who signs, where objects lie and what time it is comes from outside.
"""
