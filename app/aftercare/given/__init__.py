"""What a shipper gives to a customer it let down: made by itself, told, ended."""
