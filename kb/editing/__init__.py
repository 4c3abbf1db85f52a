"""What editors do to content files: start a document, rename a term, look after external links."""
