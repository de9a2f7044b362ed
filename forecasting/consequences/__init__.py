"""What cheaper inference means: claims, consequences, viability, sentences of facts."""
