-- What is not settled yet, by provider: a provider's earnings are read without looking at every user's payables.
CREATE INDEX payables_provider ON payables (provider_id);
