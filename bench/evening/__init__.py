"""Whole evenings, weekends and campaigns in virtual time: the engine as it is, over an outside that is nearly free."""
