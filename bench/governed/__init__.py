"""A night on several sites whose limits change, and who sets what in it; nothing of the product is imported here."""
