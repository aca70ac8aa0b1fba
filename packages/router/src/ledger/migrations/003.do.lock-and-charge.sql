-- The hot path: a batch of charges, then a batch of locks, in one call and one transaction (docs/accounting.md).

-- The first day of the window a key's limit counts for.
CREATE FUNCTION ledger_window(p_reset text, p_now timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT CASE p_reset
    WHEN 'daily' THEN (p_now AT TIME ZONE 'UTC')::date
    WHEN 'weekly' THEN date_trunc('week', p_now AT TIME ZONE 'UTC')::date
    WHEN 'monthly' THEN date_trunc('month', p_now AT TIME ZONE 'UTC')::date
    ELSE DATE '1970-01-01'
  END
$$;

-- When the next window begins; null where there is none.
CREATE FUNCTION ledger_window_end(p_reset text, p_now timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT (ledger_window(p_reset, p_now) + CASE p_reset
    WHEN 'daily' THEN interval '1 day' WHEN 'weekly' THEN interval '7 days' WHEN 'monthly' THEN interval '1 month'
  END) AT TIME ZONE 'UTC'
$$;

-- The window a key counts for now. It never goes back: two routers' clocks may stand on either side of its edge.
CREATE FUNCTION ledger_key_window(k keys, p_now timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT greatest(k.limit_window, ledger_window(k.limit_reset, p_now))
$$;

-- What is left of a key's limit now; null where it has none.
CREATE FUNCTION ledger_key_left(k keys, p_now timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN k.spending_limit IS NOT NULL THEN greatest(0, k.spending_limit
    - CASE WHEN k.limit_window = ledger_key_window(k, p_now) THEN k.window_spent ELSE 0 END) END
$$;

-- Why a key may not spend now: 0 where it may.
CREATE FUNCTION ledger_key_fault(k keys, p_now timestamptz) RETURNS smallint LANGUAGE sql STABLE AS $$
  SELECT (CASE
    WHEN k.revoked_at IS NOT NULL THEN 10
    WHEN k.is_disabled THEN 11
    WHEN k.expires_at <= p_now THEN 12
    WHEN k.is_earn_only THEN 13
    ELSE 0
  END)::smallint
$$;

-- What a user may lock now: what is available, and within the allowance in force.
CREATE FUNCTION ledger_lockable(u users, p_now timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN u.is_exiting OR u.is_halted OR u.allowance_stops_at <= p_now THEN 0
    WHEN u.allowance IS NULL THEN u.available
    ELSE greatest(0, least(u.available, u.allowance - u.settled - u.payable - u.locked))
  END
$$;

-- Why a user may lock nothing, whatever is available: 3 is halted, 1 leaves, 2 the allowance in force is about to end; 0 for no such
-- reason.
CREATE FUNCTION ledger_lock_stop(u users, p_now timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN u.is_halted THEN 3 WHEN u.is_exiting THEN 1 WHEN u.allowance_stops_at <= p_now THEN 2 ELSE 0 END
$$;

-- One lock by itself, with the reason where it is refused; its user's row is locked by the caller.
-- Codes: `refusalOf` in ledger/lock-answers.ts. d1, d2, at and other are what the refusal's message needs.
CREATE FUNCTION ledger_lock_one(p_now timestamptz, p_instance integer, p_rates bigint[], p_id uuid, p_user integer,
  p_key integer, p_provider integer, p_model integer, p_price integer, p_full bigint, p_least bigint, p_tokens integer,
  p_deadline timestamptz, p_prompt_max integer, p_output_max integer, p_images smallint, p_stream boolean,
  p_idempotency bytea, p_body bytea, OUT code smallint, OUT granted bigint, OUT d1 bigint, OUT d2 bigint, OUT at timestamptz,
  OUT other uuid)
LANGUAGE plpgsql AS $$
DECLARE
  u users;
  k keys;
  p keys;
  earlier locks;
  claim idempotency_keys;
  minute bigint := floor(extract(epoch FROM p_now) / 60);
  lockable bigint;
  key_left bigint;
  k_requests bigint;
  k_tokens bigint;
  u_requests bigint;
  u_tokens bigint;
BEGIN
  code := 0;
  SELECT * INTO earlier FROM locks WHERE id = p_id;
  IF FOUND THEN -- a repeat after a lost reply: equal parameters are success
    IF earlier.state = 'o' AND earlier.user_id = p_user AND earlier.key_id = p_key AND earlier.ceiling BETWEEN p_least AND p_full
    THEN granted := earlier.ceiling; ELSE code := 9; END IF;
    RETURN;
  END IF;
  SELECT * INTO u FROM users WHERE id = p_user;
  SELECT * INTO k FROM keys WHERE id = p_key AND user_id = p_user;
  IF u.id IS NULL OR k.id IS NULL THEN code := 9; RETURN; END IF;
  code := ledger_key_fault(k, p_now);
  IF code <> 0 THEN at := coalesce(k.revoked_at, CASE WHEN isfinite(k.expires_at) THEN k.expires_at END); RETURN; END IF;
  IF k.parent_id IS NOT NULL THEN
    SELECT * INTO p FROM keys WHERE id = k.parent_id;
    code := ledger_key_fault(p, p_now);
    IF code <> 0 THEN at := coalesce(p.revoked_at, CASE WHEN isfinite(p.expires_at) THEN p.expires_at END); RETURN; END IF;
  END IF;
  IF k.allowed_models IS NOT NULL AND NOT (SELECT name FROM models WHERE id = p_model) = ANY (k.allowed_models) THEN
    code := 14; RETURN;
  END IF;
  IF p_idempotency IS NOT NULL THEN
    SELECT * INTO claim FROM idempotency_keys WHERE key_id = p_key AND idempotency_hash = p_idempotency;
    IF FOUND AND claim.claimed_at > p_now - interval '24 hours' THEN
      other := claim.lock_id;
      IF claim.body_hash <> p_body THEN code := 22; RETURN; END IF;
      SELECT * INTO earlier FROM locks WHERE id = claim.lock_id;
      IF earlier.state = 'o' THEN code := 20; RETURN; END IF;
      IF earlier.charged IS NOT NULL THEN code := 21; d1 := earlier.charged; RETURN; END IF;
      other := NULL;
    END IF;
  END IF;
  k_requests := CASE WHEN k.rate_minute >= minute THEN k.rate_requests ELSE 0 END;
  k_tokens := CASE WHEN k.rate_minute >= minute THEN k.rate_tokens ELSE 0 END;
  u_requests := CASE WHEN u.rate_minute >= minute THEN u.rate_requests ELSE 0 END;
  u_tokens := CASE WHEN u.rate_minute >= minute THEN u.rate_tokens ELSE 0 END;
  code := CASE
    WHEN k_requests >= p_rates[1] THEN 30
    WHEN k_tokens + p_tokens > p_rates[2] THEN 31
    WHEN u_requests >= p_rates[3] THEN 32
    WHEN u_tokens + p_tokens > p_rates[4] THEN 33
    WHEN k.running >= p_rates[5] THEN 34
    WHEN u.running >= p_rates[6] THEN 35
    ELSE 0 END;
  IF code <> 0 THEN RETURN; END IF;
  IF p_full > 0 AND (SELECT is_paused FROM router_accounts) THEN code := 5; RETURN; END IF;
  lockable := CASE WHEN p_full = 0 THEN 0 ELSE ledger_lockable(u, p_now) END;
  key_left := least(ledger_key_left(k, p_now), CASE WHEN p.id IS NOT NULL THEN ledger_key_left(p, p_now) END);
  granted := least(p_full, lockable, key_left);
  IF granted < p_least THEN
    d1 := u.available; d2 := u.locked;
    code := CASE
      WHEN key_left < p_least THEN 2
      WHEN NOT u.has_deposited AND u.available = 0 THEN 4
      WHEN u.available >= p_least THEN 3
      ELSE 1 END;
    IF code = 2 THEN
      d1 := key_left;
      -- A parent's limit never starts anew.
      IF ledger_key_left(k, p_now) < p_least THEN at := ledger_window_end(k.limit_reset, p_now); END IF;
    END IF;
    IF code = 3 THEN d1 := lockable; d2 := ledger_lock_stop(u, p_now); END IF;
    granted := NULL;
    RETURN;
  END IF;
  UPDATE users SET available = available - granted, locked = locked + granted, running = running + 1,
    rate_requests = u_requests + 1, rate_tokens = u_tokens + p_tokens, rate_minute = greatest(rate_minute, minute) WHERE id = p_user;
  UPDATE keys SET running = running + 1, last_used_at = p_now,
    window_spent = granted + CASE WHEN limit_window = ledger_key_window(keys, p_now) THEN window_spent ELSE 0 END,
    limit_window = ledger_key_window(keys, p_now),
    rate_requests = k_requests + 1, rate_tokens = k_tokens + p_tokens, rate_minute = greatest(rate_minute, minute) WHERE id = p_key;
  IF p.id IS NOT NULL THEN UPDATE keys SET window_spent = window_spent + granted, last_used_at = p_now WHERE id = p.id; END IF;
  INSERT INTO locks (id, user_id, key_id, parent_id, instance_id, provider_id, model_id, price_id, ceiling, deadline, key_window,
      rate_minute, tokens, prompt_tokens_max, output_tokens_max, image_count, is_stream)
    VALUES (p_id, p_user, p_key, k.parent_id, p_instance, p_provider, p_model, p_price, granted, p_deadline,
      ledger_key_window(k, p_now), greatest(k.rate_minute, minute), p_tokens, p_prompt_max, p_output_max, p_images, p_stream);
  IF granted > 0 THEN INSERT INTO journal (at, event, ref, user_id, amount) VALUES (p_now, 2, p_id, p_user, granted); END IF;
  IF p_idempotency IS NOT NULL THEN
    INSERT INTO idempotency_keys (key_id, idempotency_hash, body_hash, lock_id, claimed_at)
      VALUES (p_key, p_idempotency, p_body, p_id, p_now)
      ON CONFLICT (key_id, idempotency_hash) DO UPDATE
        SET body_hash = excluded.body_hash, lock_id = excluded.lock_id, claimed_at = excluded.claimed_at;
  END IF;
END $$;

-- One charge whose lock is not open any more; its user's row is locked by the caller. Codes: CHARGE_OUTCOMES in ledger/lock-answers.ts.
-- A late charge takes at most what the user may lock and the key may still spend; what is missing is recorded for the provider. It is
-- remembered for its receipt.
CREATE FUNCTION ledger_charge_late(p_now timestamptz, p_id uuid, p_user integer, p_kind smallint, p_amount bigint,
  p_provider integer, p_model integer, OUT code smallint, OUT taken bigint) LANGUAGE plpgsql AS $$
DECLARE
  l locks;
  u users;
  k keys;
  p keys;
  owed bigint;
BEGIN
  SELECT * INTO l FROM locks WHERE id = p_id AND user_id = p_user FOR UPDATE;
  IF NOT FOUND THEN code := 3; RETURN; END IF;
  owed := least(p_amount, l.ceiling);
  IF l.state = 'r' OR (l.state = 'x' AND p_kind < 2 AND l.charged IS NULL) THEN -- nothing is owed, or it was given back already
    code := CASE WHEN p_kind < 2 THEN 1 ELSE 4 END; RETURN;
  END IF;
  IF l.charged IS NOT NULL THEN
    code := CASE WHEN p_kind = 2 AND l.provider_id = p_provider AND (l.charged = owed OR l.state = 'x') THEN 1 ELSE 4 END; RETURN;
  END IF;
  SELECT * INTO u FROM users WHERE id = p_user;
  SELECT * INTO k FROM keys WHERE id = l.key_id;
  SELECT * INTO p FROM keys WHERE id = l.parent_id;
  taken := least(owed, ledger_lockable(u, p_now), ledger_key_left(k, p_now),
    CASE WHEN p.id IS NOT NULL THEN ledger_key_left(p, p_now) END);
  UPDATE locks SET charged = taken, provider_id = p_provider, model_id = p_model WHERE id = p_id;
  DELETE FROM uncollected WHERE lock_id = p_id AND reason = 'router_ended';
  IF taken < owed THEN
    INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
      VALUES (p_id, 'late', p_provider, p_user, p_model, owed - taken, p_now);
  END IF;
  IF taken > 0 THEN
    UPDATE users SET available = available - taken, payable = payable + taken WHERE id = p_user;
    UPDATE keys SET
        window_spent = taken + CASE WHEN limit_window = ledger_key_window(keys, p_now) THEN window_spent ELSE 0 END,
        limit_window = ledger_key_window(keys, p_now)
      WHERE id IN (k.id, p.id);
    INSERT INTO payables AS a (user_id, provider_id, amount) VALUES (p_user, p_provider, taken)
      ON CONFLICT (user_id, provider_id) DO UPDATE SET amount = a.amount + excluded.amount;
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount) VALUES (p_now, 6, p_id, p_user, p_provider, taken);
    INSERT INTO late_generations (generation_id, user_id, provider_id, cut)
      SELECT p_id, p_user, p_provider, cuts FROM payables WHERE user_id = p_user AND provider_id = p_provider ON CONFLICT DO NOTHING;
  END IF;
  code := 2;
END $$;
