"""A call to a customer: what it says, what its keys stand for, and what comes of one."""
