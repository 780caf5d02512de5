"""Which group moves on which night: limits, calendars and notice kept, as early as can be, and little changed later."""
