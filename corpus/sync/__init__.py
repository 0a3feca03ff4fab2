"""A folder of articles kept equal to its sources."""
