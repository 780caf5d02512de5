"""How much is asked at once of each migration endpoint and of the admin channel, from what they show."""
