from tests.play import play

__all__ = ["play"]
