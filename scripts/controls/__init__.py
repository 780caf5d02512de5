"""The controls that stacks and tenants are held to: one data file, and the pure rules that look at what there is."""
