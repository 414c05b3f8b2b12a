"""What a session leaves behind, as documents: Markdown, and PDF set from the same text."""
