"""Reading spec sheets: labels, figures, tables of PDF, rst and prose, to figures in the project's units."""
