"""Passages in, hits out: encoder, FAISS, BM25, fusion and snapshots."""
