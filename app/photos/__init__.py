"""Photos of a case: made safe, kept in the file store, shown to those who may see them."""
