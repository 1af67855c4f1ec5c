"""What helps a customer at the door: told to who brings the parcel, and forgotten afterwards."""
