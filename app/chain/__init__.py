"""The escalation chain: policy (what follows what), steps, the engine that runs them, the audit."""
