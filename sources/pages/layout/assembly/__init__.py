"""Stage two: from claims to quotes."""
