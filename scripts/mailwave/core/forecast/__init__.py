"""When a plan ends, how surely, and what holds it back: the plan's nights lived through many times by chance."""
