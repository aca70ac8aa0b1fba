-- Who is signed in. A wallet's 32 bytes stand in the row itself: signing in needs no balance, so it must leave no wallet behind.
CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32), -- SHA-256 of the token, which nobody keeps but its browser
  wallet bytea NOT NULL CHECK (octet_length(wallet) = 32),
  created_at timestamptz NOT NULL,
  used_at timestamptz NOT NULL, -- to the minute
  expires_at timestamptz NOT NULL CHECK (expires_at > created_at)
) WITH (fillfactor = 80);
CREATE INDEX sessions_wallet ON sessions (wallet, created_at);
CREATE INDEX sessions_used ON sessions (used_at);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Challenges that a wallet has answered, until they would have expired anyway: none is answered twice.
CREATE TABLE used_challenges (
  nonce bytea PRIMARY KEY CHECK (octet_length(nonce) = 32),
  expires_at timestamptz NOT NULL
);
CREATE INDEX used_challenges_expires ON used_challenges (expires_at);
