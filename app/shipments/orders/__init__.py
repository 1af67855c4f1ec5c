"""The order gate: shippers say whose parcel it is before anything goes wrong.

No order passes without a contact number that a text message reaches: the moment of the
failure is too late to find out.
"""
