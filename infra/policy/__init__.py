"""Policy as code: which controls a stack is held to, and the pure rules that look at it."""
