"""Which mailboxes may move, which wait and which never will; with no evidence, none is ready.

`rules` holds what people wrote (environments/readiness.yaml), `checks` the one definition of each rule, `judge` runs
them over columns, be it two mailboxes or two million. `findings` says in words what was found, `board` counts it.
"""
