"""Not my parcel: a message reached somebody whom it was not meant for."""
