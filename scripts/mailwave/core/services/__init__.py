"""What people get besides their mailbox: each service is looked at, made, and read back or attested."""
