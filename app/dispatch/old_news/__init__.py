"""News of what happened long ago: kept and shown, and nobody is called until a person begins it."""
