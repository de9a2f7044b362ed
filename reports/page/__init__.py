"""The page: templates, figures, tables and text from an edition."""
