-- What waits for a shipper's yes is found among few.
CREATE INDEX gestures_asked ON gestures (shipper_id) WHERE state = 'asked';
