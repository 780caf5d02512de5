"""What the Makefile calls: setting up, generating, proving. Nothing here runs in production."""
