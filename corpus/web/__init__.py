"""Pages from the web: to checked addresses only, politely, within limits."""
