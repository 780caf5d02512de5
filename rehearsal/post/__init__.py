"""The post between the sites and the tenant: messages go by the state of both sides, and leave tracks on each."""
