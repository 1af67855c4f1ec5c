"""Cases, messages, promises, disputes and figures as CSV and NDJSON, however many there are."""
