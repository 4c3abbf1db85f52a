"""Content: the model of the documents, and all that reads, checks and renders them."""
