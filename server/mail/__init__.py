"""Letters: put into words, handed to a mail server or kept in the local outbox; answers that come back."""
