"""Several calls for one person as one message, and the list that its link opens."""
