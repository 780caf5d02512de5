"""Policy as code: the controls of `scripts/controls` as a policy pack that the engine starts."""
