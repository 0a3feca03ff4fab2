"""Articles in, passages out. No machine learning here."""
