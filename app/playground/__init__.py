"""The demo: a courier, two phones, and a clock to move. Only in demo mode."""
