"""What a change means: its risks, whom it reaches, and the words for it."""
