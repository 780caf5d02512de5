"""What is reported of a wave, an organisation and the programme: promised, done, open, and what it cost."""
