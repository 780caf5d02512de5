"""What `pulumi` starts, by hand and in a pipeline."""

from infra.program import run

run()
