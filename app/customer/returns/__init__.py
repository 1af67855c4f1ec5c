"""What the customer is told of a parcel that they send back, and what its shipper is told."""
