"""One module an area; each has `rows()`, which yields its measurements."""
