"""Phala (RedPill): confidential inference. Readable in rendered captures; the page itself is script-only."""
