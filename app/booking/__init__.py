"""Where and when a parcel can be had again: slots, pickup points, and the booking of one."""
