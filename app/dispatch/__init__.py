"""Who is called, in which order, until someone acknowledges."""
