"""Services besides the mailbox: look how far each is, make what is due, and keep the owner's word."""
