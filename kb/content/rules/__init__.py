"""The rules of the content, one generator each; `kb.content.checking` has the table of them."""
