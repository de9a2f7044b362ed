"""SiliconFlow: a host of open models. Readable in rendered captures; the page itself is script-only."""
