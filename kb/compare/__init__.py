"""Cases beside one another: how alike they are, and their fields in one table."""
