-- The ledger's tables: who takes part, what everybody has, and every change of it. Amounts are nano-USDC (docs/accounting.md).

-- A check of a table is read, compiled and evaluated by every statement that writes its rows, and the hot path has many small
-- ones: what is checked there is one expression a table, and what only its own column decides is a type, checked when it is set.
CREATE DOMAIN bytes_16 AS bytea CHECK (octet_length(VALUE) = 16);
CREATE DOMAIN bytes_32 AS bytea CHECK (octet_length(VALUE) = 32);
CREATE DOMAIN key_name AS text CHECK (char_length(VALUE) <= 200);
CREATE DOMAIN limit_reset AS text CHECK (VALUE IN ('never', 'daily', 'weekly', 'monthly'));

-- Dictionaries: what would be long in every row has a number.
CREATE TABLE wallets (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  address bytea NOT NULL UNIQUE CHECK (octet_length(address) = 32)
);

CREATE TABLE models (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 200)
);

-- Token prices in pico-USDC per token; image and request in micro-USDC each. A price that is named by a row never changes.
CREATE TABLE prices (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prompt bigint NOT NULL CHECK (prompt >= 0),
  completion bigint NOT NULL CHECK (completion >= 0),
  cache_read bigint CHECK (cache_read >= 0),
  image bigint NOT NULL DEFAULT 0 CHECK (image >= 0),
  request bigint NOT NULL DEFAULT 0 CHECK (request >= 0),
  UNIQUE NULLS NOT DISTINCT (prompt, completion, cache_read, image, request)
);

-- Routers that share this database: one row for each run of a process.
CREATE TABLE instances (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL,
  lease_until timestamptz NOT NULL
);

-- Balances. A batch locks the rows of its users in the order of their ids before it changes anything; whatever belongs to a
-- user (keys, locks, payables, daily usage) is changed only under that lock, so two batches cannot wait for each other.
CREATE TABLE users (
  id integer PRIMARY KEY REFERENCES wallets,
  available bigint NOT NULL DEFAULT 0,
  locked bigint NOT NULL DEFAULT 0,
  withdrawing bigint NOT NULL DEFAULT 0,
  payable bigint NOT NULL DEFAULT 0, -- the sum of the user's payables
  -- The chain as this router has followed it. Without an allowance everything available may be locked.
  has_deposited boolean NOT NULL DEFAULT false,
  opened_slot bigint NOT NULL DEFAULT 0,
  settled bigint NOT NULL DEFAULT 0, -- of this opened_slot, raised where payable is lowered
  allowance bigint,
  allowance_stops_at timestamptz, -- one notice before the allowance ends or falls
  is_exiting boolean NOT NULL DEFAULT false,
  is_halted boolean NOT NULL DEFAULT false, -- the chain has less of the user's than the ledger: nothing more is promised
  running integer NOT NULL DEFAULT 0,
  rate_minute bigint NOT NULL DEFAULT 0, -- minutes since 1970 that the next two count for
  rate_requests bigint NOT NULL DEFAULT 0,
  rate_tokens bigint NOT NULL DEFAULT 0,
  CONSTRAINT nothing_of_a_user_is_below_zero CHECK (least(available, locked, withdrawing, payable, settled, allowance, running) >= 0)
) WITH (fillfactor = 70);

CREATE TABLE providers (
  id integer PRIMARY KEY REFERENCES wallets,
  claimable bigint NOT NULL DEFAULT 0 CHECK (claimable >= 0),
  withdrawing bigint NOT NULL DEFAULT 0 CHECK (withdrawing >= 0)
) WITH (fillfactor = 70);

-- Charged and not yet settled, gross.
CREATE TABLE payables (
  user_id integer NOT NULL REFERENCES users,
  provider_id integer NOT NULL REFERENCES providers,
  amount bigint NOT NULL, -- checked together with what of it is on its way to the chain (050)
  cuts integer NOT NULL DEFAULT 0, -- how often something of it was cut into a settlement batch
  PRIMARY KEY (user_id, provider_id)
) WITH (fillfactor = 70);

CREATE TABLE router_accounts (
  vault bigint NOT NULL DEFAULT 0 CHECK (vault >= 0),
  fees bigint NOT NULL DEFAULT 0 CHECK (fees >= 0),
  is_paused boolean NOT NULL DEFAULT false, -- whether the program has paused settling
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row)
);
INSERT INTO router_accounts DEFAULT VALUES;

-- Keys that have been used or issued here. An issued key's spending counts against its parent's limit too; a parent is always
-- wallet-signed, so its limit never resets and there is no third generation.
CREATE TABLE keys (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_id bytes_16 NOT NULL UNIQUE,
  user_id integer NOT NULL REFERENCES users,
  parent_id integer REFERENCES keys,
  secret_hash bytes_32 UNIQUE, -- of issued keys: SHA-256 of the secret
  name key_name NOT NULL DEFAULT '',
  is_earn_only boolean NOT NULL DEFAULT false,
  spending_limit bigint,
  limit_reset limit_reset NOT NULL DEFAULT 'never',
  limit_window date NOT NULL DEFAULT '1970-01-01',
  window_spent bigint NOT NULL DEFAULT 0, -- charged and locked in limit_window
  allowed_models text[],
  created_at timestamptz NOT NULL,
  updated_at timestamptz,
  expires_at timestamptz NOT NULL DEFAULT 'infinity',
  is_disabled boolean NOT NULL DEFAULT false,
  revoked_at timestamptz,
  last_used_at timestamptz,
  running integer NOT NULL DEFAULT 0,
  rate_minute bigint NOT NULL DEFAULT 0,
  rate_requests bigint NOT NULL DEFAULT 0,
  rate_tokens bigint NOT NULL DEFAULT 0,
  CONSTRAINT only_issued_keys_have_windows_and_parents CHECK (least(spending_limit, window_spent, running) >= 0
    AND (secret_hash IS NOT NULL OR parent_id IS NULL AND limit_reset = 'never'))
) WITH (fillfactor = 70);
CREATE INDEX keys_user ON keys (user_id);
CREATE INDEX keys_parent ON keys (parent_id) WHERE parent_id IS NOT NULL;

-- Wallet-signed keys may be revoked before this router has ever seen them.
CREATE TABLE revocations (
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE, -- instances follow this table by it
  key_id bytea PRIMARY KEY CHECK (octet_length(key_id) = 16),
  wallet_id integer NOT NULL REFERENCES wallets,
  revoked_at timestamptz NOT NULL
);

-- One row for each request: open, then exactly one of charged, released, expired. An expired lock may still be charged late, once.
CREATE TABLE locks (
  id uuid PRIMARY KEY,
  user_id integer NOT NULL,
  key_id integer NOT NULL,
  parent_id integer,
  instance_id integer NOT NULL,
  provider_id integer NOT NULL, -- of the attempt that runs, or ran last
  model_id integer NOT NULL,
  price_id integer NOT NULL, -- pinned at admission
  ceiling bigint NOT NULL,
  charged bigint,
  deadline timestamptz NOT NULL,
  ended_at timestamptz,
  key_window date NOT NULL, -- the key's limit_window: what comes back goes there only
  rate_minute integer NOT NULL,
  tokens integer NOT NULL, -- reserved for the rate limits
  prompt_tokens_max integer NOT NULL,
  output_tokens_max integer NOT NULL,
  delivered_bytes integer NOT NULL DEFAULT 0, -- at the last checkpoint
  image_count smallint NOT NULL,
  attempt smallint NOT NULL DEFAULT 0,
  is_stream boolean NOT NULL,
  state "char" NOT NULL DEFAULT 'o', -- open, charged, released, expired
  CONSTRAINT a_lock_is_open_or_ended_and_charged_at_most_itself CHECK (least(ceiling, charged, ceiling - charged) >= 0
    AND CASE WHEN ended_at IS NULL THEN state = 'o' AND charged IS NULL
      ELSE state = 'c' OR state = 'x' OR state = 'r' AND charged IS NULL END)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
CREATE INDEX locks_deadline ON locks (deadline) WHERE state = 'o';

CREATE TABLE idempotency_keys (
  key_id integer NOT NULL,
  idempotency_hash bytea NOT NULL CHECK (octet_length(idempotency_hash) = 32),
  body_hash bytea NOT NULL CHECK (octet_length(body_hash) = 32), -- an HMAC: the body cannot be guessed from it
  lock_id uuid NOT NULL,
  claimed_at timestamptz NOT NULL,
  PRIMARY KEY (key_id, idempotency_hash)
);
CREATE INDEX idempotency_keys_claimed ON idempotency_keys (claimed_at);

-- What a chain's escrow has brought in, for each time it was opened.
CREATE TABLE deposits (
  user_id integer NOT NULL REFERENCES users,
  opened_slot bigint NOT NULL CHECK (opened_slot >= 0),
  credited bigint NOT NULL CHECK (credited >= 0),
  PRIMARY KEY (user_id, opened_slot)
);
CREATE TABLE deposit_events (
  id uuid PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users,
  opened_slot bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  source text NOT NULL CHECK (char_length(source) BETWEEN 1 AND 120), -- a transaction's signature, or what stands for one
  at timestamptz NOT NULL
);
CREATE INDEX deposit_events_user ON deposit_events (user_id, id);

-- What a provider earned, or served, and will not get, and why.
CREATE TABLE uncollected (
  lock_id uuid NOT NULL, -- or the settlement or exit that fell short
  reason text NOT NULL,
  provider_id integer NOT NULL REFERENCES providers,
  user_id integer NOT NULL REFERENCES users,
  model_id integer NOT NULL REFERENCES models,
  amount bigint NOT NULL CHECK (amount >= 0), -- 0 where nobody can say
  at timestamptz NOT NULL,
  PRIMARY KEY (lock_id, reason, provider_id)
);
CREATE INDEX uncollected_provider ON uncollected (provider_id, at);

-- One answered request. The time is in the id (UUID version 7); the day of the id is the partition.
CREATE TABLE generations (
  day date NOT NULL,
  id uuid NOT NULL,
  user_id integer NOT NULL,
  key_id integer NOT NULL,
  provider_id integer NOT NULL,
  model_id integer NOT NULL,
  price_id integer NOT NULL,
  prompt_tokens integer NOT NULL,
  completion_tokens integer NOT NULL,
  cached_tokens integer NOT NULL, -- of the prompt's
  reasoning_tokens integer NOT NULL, -- of the completion's
  first_output_ms integer, -- from admission; absent where nothing was shown
  duration_ms integer NOT NULL,
  cost bigint NOT NULL,
  image_count smallint NOT NULL,
  flags smallint NOT NULL, -- GENERATION_FLAGS in ledger/generation-row.ts
  finish_reason varchar(40) NOT NULL,
  cut integer, -- how often its payable had been cut when it was charged: it is settled with the next cut
  app_id integer NOT NULL DEFAULT 0, -- of `apps`, below 0 where it counts in public; 0 where no app was named
  CONSTRAINT tokens_and_costs_are_none_or_more CHECK
    (least(cached_tokens, prompt_tokens - cached_tokens, reasoning_tokens, completion_tokens - reasoning_tokens, cost) >= 0),
  PRIMARY KEY (day, id)
) PARTITION BY RANGE (day);
CREATE INDEX generations_key ON generations (key_id, id);
CREATE INDEX generations_provider ON generations (provider_id, id);
CREATE TABLE generations_elsewhen PARTITION OF generations DEFAULT; -- an insert never fails for want of a partition

-- Generations that were charged late: not among their payer's latest ones any more when their receipt is made.
CREATE TABLE late_generations (
  generation_id uuid PRIMARY KEY,
  user_id integer NOT NULL,
  provider_id integer NOT NULL,
  cut integer NOT NULL
);
CREATE INDEX late_generations_cut ON late_generations (user_id, provider_id, cut);

-- The same by day, kept when the partitions of generations are dropped.
CREATE TABLE usage_daily (
  user_id integer NOT NULL,
  day date NOT NULL,
  key_id integer NOT NULL,
  model_id integer NOT NULL,
  provider_id integer NOT NULL,
  requests bigint NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  reasoning_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  cost bigint NOT NULL CHECK (cost >= 0),
  app_id integer NOT NULL DEFAULT 0, -- as in generations
  PRIMARY KEY (user_id, day, key_id, model_id, provider_id, app_id)
) WITH (fillfactor = 70);
CREATE INDEX usage_daily_key ON usage_daily (key_id, day);
CREATE INDEX usage_daily_provider ON usage_daily (provider_id, day);
CREATE INDEX usage_daily_public ON usage_daily (day) WHERE app_id < 0;
