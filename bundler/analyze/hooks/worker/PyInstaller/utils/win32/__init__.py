"""There is no Windows here."""
