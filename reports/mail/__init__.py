"""The mail: messages, recipients, the ledger of deliveries, one exact SMTP session."""
