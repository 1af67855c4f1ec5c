"""What goes out from a depot and what is collected there on one day."""
