-- What offers have cost since when. Announcing a price needs no balance, so it leaves neither a wallet nor a price behind in the
-- dictionaries: both stand in the row itself. Prices as in `prices`.
CREATE TABLE price_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- in the order of writing
  wallet bytea NOT NULL CHECK (octet_length(wallet) = 32),
  model text NOT NULL CHECK (char_length(model) BETWEEN 1 AND 200),
  since timestamptz NOT NULL,
  written_at timestamptz NOT NULL,
  prompt bigint NOT NULL CHECK (prompt >= 0),
  completion bigint NOT NULL CHECK (completion >= 0),
  cache_read bigint CHECK (cache_read >= 0),
  image bigint NOT NULL CHECK (image >= 0),
  request bigint NOT NULL CHECK (request >= 0)
);
CREATE INDEX price_history_model ON price_history (model, id);
CREATE INDEX price_history_offer ON price_history (wallet, model, id);
CREATE INDEX price_history_wallet ON price_history (wallet, id);
