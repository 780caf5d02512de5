"""What people were promised of their mailboxes, what they have after the move, and how the two are made one again."""
