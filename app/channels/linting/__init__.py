"""What is wrong with a text before anybody gets it."""
