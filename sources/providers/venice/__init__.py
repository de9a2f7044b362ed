"""Venice: a reseller and host. Readable in rendered captures; the page itself is script-only."""
