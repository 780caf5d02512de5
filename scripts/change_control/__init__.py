"""What is put before a change board, and its consent: values, signatures and the one judgement of them.

Shared by the operator command, which makes and applies a change, and by the Pulumi program, which asks once more while
the engine holds its lock. Nothing here acts.
"""
