"""How far a parcel is, for the shop's own pages: to be read by anybody, and nothing to be done."""
