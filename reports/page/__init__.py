"""The page: templates, tables and text from an edition."""
