"""Who wants no messages: what words say so, in which languages, and what they mean to us."""
