"""What exists on the tenant side: the Pulumi program of the three layers, and its Exchange provider."""
