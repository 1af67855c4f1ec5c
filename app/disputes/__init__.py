"""Did the courier come? What both say of an attempt, and what shows which of them is right."""
