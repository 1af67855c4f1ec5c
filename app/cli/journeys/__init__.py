"""`reknock simulate journeys`: random people, and how many of them were left in silence.

The engine is the real one, in this process, on a database of its own; what time it is is said by
what happens next. What the checks read is what providers were handed and what was promised, and
they know the customers' hours by tables of their own.
"""
