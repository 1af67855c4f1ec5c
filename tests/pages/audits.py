"""What a browser can say of a page: JavaScript that lists what is hard to press or to read."""

from __future__ import annotations

SMALL_TARGETS = """
[...document.querySelectorAll('button, select, textarea, input, summary, .tabs a')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility())
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.height < 43.5 || box.width < 43.5)
  .map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)
"""
