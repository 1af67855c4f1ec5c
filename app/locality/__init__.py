"""What holds where somebody lives, by the address that a parcel goes to: clocks and quiet hours."""
