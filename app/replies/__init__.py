"""What a customer's reply means: a grammar of our own, which understands a whole sentence or none.

Pure: the words of each language are data in its folder (`app/languages/<code>/replies.toml`).
"""
