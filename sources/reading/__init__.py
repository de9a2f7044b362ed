"""One body to rows: parsed in a sandbox, judged row by row, kept in a cache, folded into stretches; and read again when code changes."""
