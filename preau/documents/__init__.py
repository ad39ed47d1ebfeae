"""Papers: Typst templates and their rendering to tagged PDF. Knows no rule of the trade."""
