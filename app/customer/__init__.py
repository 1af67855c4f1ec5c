"""The conversation with the recipient: texts, links, the page, replies."""
