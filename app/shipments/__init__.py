"""The parcel, its recipient and address."""
