"""What somebody took on: they are reminded, may say that they need longer, or it goes back."""
