"""What is frozen: numbered editions, their manifest, their open data."""
