"""A question in, an answer made of quotations out."""
