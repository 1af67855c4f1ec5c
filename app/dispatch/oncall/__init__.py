"""Who would be called, when and by what: for any depot and moment, from the code that calls."""
