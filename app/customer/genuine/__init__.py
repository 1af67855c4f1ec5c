"""Whether a message is from us, and the page that a code opens."""
