"""The pages of `mailwave serve`: thin faces over the runbooks, as the commands are (docs/pages.md)."""
