"""Voyage AI: embedding and reranking models."""
