-- Keys: seen for the first time, issued, changed, deleted, revoked. Whatever changes a key does so under its user's row lock, as a
-- batch does, so that neither overtakes the other.

ALTER TABLE keys ADD COLUMN deleted_at timestamptz; -- the row stays for the books

-- A key id is no secret and says nothing about its wallet: a stranger's revocation must not stand in the way of the owner's.
ALTER TABLE revocations DROP CONSTRAINT revocations_pkey, ADD PRIMARY KEY (key_id, wallet_id);
CREATE INDEX revocations_wallet ON revocations (wallet_id);

-- The row of a wallet-signed key, made when the key is first seen; a revocation may have been here before it.
CREATE FUNCTION key_register(p_key_id bytea, p_address bytea, p_name text, p_earn_only boolean, p_limit bigint,
  p_created timestamptz, p_expires timestamptz) RETURNS keys LANGUAGE plpgsql AS $$
DECLARE
  k keys;
  owner integer;
BEGIN
  SELECT * INTO k FROM keys WHERE key_id = p_key_id;
  IF FOUND THEN RETURN k; END IF;
  owner := ledger_wallet(p_address);
  PERFORM ledger_hold_users(ARRAY[owner]);
  INSERT INTO keys (key_id, user_id, name, is_earn_only, spending_limit, created_at, expires_at, revoked_at)
    VALUES (p_key_id, owner, p_name, p_earn_only, p_limit, p_created, p_expires,
      (SELECT revoked_at FROM revocations WHERE key_id = p_key_id AND wallet_id = owner))
    ON CONFLICT (key_id) DO NOTHING;
  SELECT * INTO k FROM keys WHERE key_id = p_key_id;
  RETURN k;
END $$;

-- Issues a key; null where the wallet has as many as it may. What was deleted a day ago and never used is forgotten here;
-- of these there are no more than of others: issuing and deleting in turn would fill the table.
CREATE FUNCTION key_issue(p_now timestamptz, p_max integer, p_key_id bytea, p_secret_hash bytea, p_address bytea,
  p_parent_key_id bytea, p_name text, p_limit bigint, p_reset text, p_models text[], p_expires timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  owner integer := ledger_wallet(p_address);
  made integer;
BEGIN
  PERFORM ledger_hold_users(ARRAY[owner]);
  DELETE FROM keys WHERE user_id = owner AND deleted_at < p_now - interval '1 day' AND last_used_at IS NULL;
  IF (SELECT count(*) FILTER (WHERE deleted_at IS NULL) >= p_max OR count(*) FILTER (WHERE last_used_at IS NULL) >= 2 * p_max
      FROM keys WHERE user_id = owner AND secret_hash IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  INSERT INTO keys (key_id, secret_hash, user_id, parent_id, name, spending_limit, limit_reset, allowed_models, created_at, expires_at)
    VALUES (p_key_id, p_secret_hash, owner, (SELECT id FROM keys WHERE key_id = p_parent_key_id AND user_id = owner), p_name,
      p_limit, p_reset, p_models, p_now, p_expires)
    RETURNING id INTO made;
  RETURN made;
END $$;

-- Gives an issued key's limit another rhythm: what counts in the new window is what was charged in it and what is locked now.
-- Open locks follow, so that what they give back goes to the window that counted them.
CREATE FUNCTION key_change_reset(p_now timestamptz, p_key integer, p_reset text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first_day date := ledger_window(p_reset, p_now);
  spent bigint;
BEGIN
  UPDATE locks SET key_window = first_day WHERE key_id = p_key AND state = 'o';
  SELECT (SELECT coalesce(sum(cost), 0) FROM usage_daily WHERE key_id = p_key AND day >= first_day)
    + (SELECT coalesce(sum(ceiling), 0) FROM locks WHERE key_id = p_key AND state = 'o') INTO spent;
  UPDATE keys SET limit_reset = p_reset, limit_window = first_day, window_spent = spent WHERE id = p_key;
END $$;

-- Changes what is named in `p_changed` of an issued key; null where this wallet has no such key.
CREATE FUNCTION key_change(p_now timestamptz, p_key_id bytea, p_address bytea, p_changed text[], p_name text, p_disabled boolean,
  p_limit bigint, p_reset text, p_models text[], p_expires timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  owner integer;
  k keys;
BEGIN
  SELECT id INTO owner FROM wallets WHERE address = p_address;
  PERFORM ledger_hold_users(ARRAY[owner]);
  SELECT * INTO k FROM keys WHERE key_id = p_key_id AND user_id = owner AND secret_hash IS NOT NULL AND deleted_at IS NULL;
  IF NOT FOUND THEN RETURN NULL; END IF;
  UPDATE keys SET
    name = CASE WHEN 'name' = ANY (p_changed) THEN p_name ELSE name END,
    is_disabled = CASE WHEN 'disabled' = ANY (p_changed) THEN p_disabled ELSE is_disabled END,
    spending_limit = CASE WHEN 'limit' = ANY (p_changed) THEN p_limit ELSE spending_limit END,
    allowed_models = CASE WHEN 'allowed_models' = ANY (p_changed) THEN p_models ELSE allowed_models END,
    expires_at = CASE WHEN 'expires_at' = ANY (p_changed) THEN p_expires ELSE expires_at END,
    updated_at = p_now
  WHERE id = k.id;
  IF 'limit_reset' = ANY (p_changed) AND p_reset <> k.limit_reset THEN PERFORM key_change_reset(p_now, k.id, p_reset); END IF;
  RETURN k.id;
END $$;

-- Ends an issued key and takes it off every list; null where this wallet has no such key.
CREATE FUNCTION key_delete(p_now timestamptz, p_key_id bytea, p_address bytea) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  owner integer;
  ended integer;
BEGIN
  SELECT id INTO owner FROM wallets WHERE address = p_address;
  PERFORM ledger_hold_users(ARRAY[owner]);
  UPDATE keys SET deleted_at = p_now, revoked_at = coalesce(revoked_at, p_now)
    WHERE key_id = p_key_id AND user_id = owner AND secret_hash IS NOT NULL AND deleted_at IS NULL RETURNING id INTO ended;
  RETURN ended;
END $$;

-- Revokes a key of a wallet, also one that was never seen here: of these a wallet may name `p_unseen_max`.
-- Codes: 0 revoked, now or before; 1 the key is another wallet's; 2 too many.
CREATE FUNCTION key_revoke(p_now timestamptz, p_unseen_max integer, p_key_id bytea, p_address bytea,
  OUT code smallint, OUT revoked timestamptz) LANGUAGE plpgsql AS $$
DECLARE
  owner integer := ledger_wallet(p_address);
  k keys;
BEGIN
  PERFORM ledger_hold_users(ARRAY[owner]);
  SELECT * INTO k FROM keys WHERE key_id = p_key_id;
  code := CASE WHEN k.user_id <> owner THEN 1 ELSE 0 END;
  IF code <> 0 THEN RETURN; END IF;
  SELECT revoked_at INTO revoked FROM revocations WHERE key_id = p_key_id AND wallet_id = owner;
  IF FOUND THEN RETURN; END IF;
  IF k.id IS NULL AND (SELECT count(*) FROM revocations r WHERE r.wallet_id = owner
      AND NOT EXISTS (SELECT 1 FROM keys seen WHERE seen.key_id = r.key_id)) >= p_unseen_max THEN
    code := 2;
    RETURN;
  END IF;
  -- Held until the commit: whoever follows the table by `seq` never sees a larger one before a smaller one.
  PERFORM pg_advisory_xact_lock(hashtext('aimo revocations'));
  revoked := coalesce(k.revoked_at, p_now);
  INSERT INTO revocations (key_id, wallet_id, revoked_at) VALUES (p_key_id, owner, revoked);
  UPDATE keys SET revoked_at = revoked WHERE id = k.id AND revoked_at IS NULL;
END $$;
