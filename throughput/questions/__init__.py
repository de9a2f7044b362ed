"""Questions as written, read into numbers: names, formats, layouts, defaults, refusals; answers in sentences."""
