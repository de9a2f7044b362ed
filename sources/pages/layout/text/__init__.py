"""What a page prints outside its tables: lines, and the cards they make."""
