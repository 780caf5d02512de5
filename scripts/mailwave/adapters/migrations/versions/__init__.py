"""One migration a file; each says what tables were like then, and imports nothing that may change."""
