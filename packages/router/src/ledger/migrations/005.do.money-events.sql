-- Deposits, settlement, withdrawals and exits: each posts exactly what happened, once.
-- Order of row locks everywhere: users, then providers, then the router's own accounts.

-- Number of a wallet as user and as provider; made on first sight.
CREATE FUNCTION ledger_wallet(p_address bytea) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE v integer;
BEGIN
  -- Never DO UPDATE: it would lock the row against every row that names it, and two such transactions could wait in a ring.
  LOOP
    SELECT id INTO v FROM wallets WHERE address = p_address;
    EXIT WHEN FOUND;
    INSERT INTO wallets (address) VALUES (p_address) ON CONFLICT (address) DO NOTHING RETURNING id INTO v;
    EXIT WHEN FOUND;
  END LOOP;
  INSERT INTO users (id) VALUES (v) ON CONFLICT DO NOTHING;
  INSERT INTO providers (id) VALUES (v) ON CONFLICT DO NOTHING;
  RETURN v;
END $$;

-- Credits what an escrow's total exceeds what was credited for this opened_slot. Returns the amount credited now.
CREATE FUNCTION ledger_deposit(p_now timestamptz, p_id uuid, p_user integer, p_opened_slot bigint, p_total bigint, p_source text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
  more bigint;
BEGIN
  PERFORM ledger_hold_users(ARRAY[p_user]);
  INSERT INTO deposits (user_id, opened_slot, credited) VALUES (p_user, p_opened_slot, 0) ON CONFLICT DO NOTHING;
  SELECT credited INTO before FROM deposits WHERE user_id = p_user AND opened_slot = p_opened_slot;
  more := p_total - before;
  IF more <= 0 THEN RETURN 0; END IF;
  UPDATE deposits SET credited = p_total WHERE user_id = p_user AND opened_slot = p_opened_slot;
  UPDATE users SET available = available + more, has_deposited = true,
      settled = CASE WHEN p_opened_slot > opened_slot THEN 0 ELSE settled END, opened_slot = greatest(opened_slot, p_opened_slot)
    WHERE id = p_user;
  UPDATE router_accounts SET vault = vault + more;
  INSERT INTO deposit_events (id, user_id, opened_slot, amount, source, at) VALUES (p_id, p_user, p_opened_slot, more, p_source, p_now);
  INSERT INTO journal (at, event, ref, user_id, amount) VALUES (p_now, 1, p_id, p_user, more);
  RETURN more;
END $$;

-- One entry of a confirmed batch, whose id `p_ref` is: applied and fee as the transaction logged them, shortfall as it was not
-- applied, which goes back to the user and is recorded for the provider. Once only: the caller ends the entry in the same
-- transaction, and calls `ledger_hold_users` for all users first where it posts several entries in one.
CREATE FUNCTION ledger_settle(p_now timestamptz, p_ref uuid, p_user integer, p_provider integer, p_applied bigint, p_fee bigint,
  p_shortfall bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a_model integer;
BEGIN
  IF p_fee > p_applied OR p_fee < 0 OR p_shortfall < 0 THEN RAISE EXCEPTION 'expected 0 <= fee <= applied and a shortfall of at least 0'; END IF;
  PERFORM ledger_hold_users(ARRAY[p_user]);
  PERFORM 1 FROM providers WHERE id = p_provider FOR NO KEY UPDATE;
  UPDATE payables SET amount = amount - p_applied - p_shortfall WHERE user_id = p_user AND provider_id = p_provider;
  IF NOT FOUND THEN RAISE EXCEPTION 'nothing is payable from user % to provider %', p_user, p_provider; END IF;
  UPDATE users SET payable = payable - p_applied - p_shortfall, settled = settled + p_applied, available = available + p_shortfall
    WHERE id = p_user;
  UPDATE providers SET claimable = claimable + p_applied - p_fee WHERE id = p_provider;
  UPDATE router_accounts SET fees = fees + p_fee WHERE p_fee > 0;
  IF p_applied > 0 THEN
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount, rest)
      VALUES (p_now, 7, p_ref, p_user, p_provider, p_applied - p_fee, p_fee);
  END IF;
  IF p_shortfall > 0 THEN
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount) VALUES (p_now, 8, p_ref, p_user, p_provider, p_shortfall);
    SELECT model_id INTO a_model FROM usage_daily WHERE user_id = p_user AND provider_id = p_provider ORDER BY day DESC LIMIT 1;
    IF a_model IS NOT NULL THEN
      INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
        VALUES (p_ref, 'shortfall', p_provider, p_user, a_model, p_shortfall, p_now)
        ON CONFLICT (lock_id, reason, provider_id) DO UPDATE SET amount = uncollected.amount + excluded.amount;
    END IF;
  END IF;
END $$;

-- A withdrawal's step. `p_party` is user or provider, `p_step` request, confirm or expire. Returns whether the request was covered.
CREATE FUNCTION ledger_withdraw(p_now timestamptz, p_ref uuid, p_party text, p_step text, p_wallet integer, p_amount bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  step integer := array_position(ARRAY['request', 'confirm', 'expire'], p_step);
  free bigint := CASE p_step WHEN 'request' THEN -p_amount WHEN 'expire' THEN p_amount ELSE 0 END;
  held bigint := CASE p_step WHEN 'request' THEN p_amount ELSE -p_amount END;
BEGIN
  IF step IS NULL OR p_amount <= 0 THEN RAISE EXCEPTION 'expected request, confirm or expire of an amount above 0'; END IF;
  IF p_party = 'user' THEN
    PERFORM ledger_hold_users(ARRAY[p_wallet]);
    UPDATE users SET available = available + free, withdrawing = withdrawing + held
      WHERE id = p_wallet AND available + free >= 0 AND withdrawing + held >= 0;
  ELSIF p_party = 'provider' THEN
    UPDATE providers SET claimable = claimable + free, withdrawing = withdrawing + held
      WHERE id = p_wallet AND claimable + free >= 0 AND withdrawing + held >= 0;
  ELSE
    RAISE EXCEPTION 'expected user or provider, found %', p_party;
  END IF;
  IF NOT FOUND THEN RETURN false; END IF;
  IF p_step = 'confirm' THEN UPDATE router_accounts SET vault = vault - p_amount; END IF;
  INSERT INTO journal (at, event, ref, user_id, provider_id, amount) VALUES (p_now,
    CASE p_party WHEN 'user' THEN 8 ELSE 11 END + step, p_ref, CASE p_party WHEN 'user' THEN p_wallet END,
    CASE p_party WHEN 'provider' THEN p_wallet END, p_amount);
  RETURN true;
END $$;

-- A user has left by the chain alone: everything it still had here is gone from the vault. What was charged and not settled in
-- time is recorded for its providers. Open locks end as expired: what they would have been charged for is gone.
CREATE FUNCTION ledger_user_exit(p_now timestamptz, p_ref uuid, p_user integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  u users;
  total bigint;
BEGIN
  PERFORM ledger_hold_users(ARRAY[p_user]);
  PERFORM ledger_end_expired(p_now, ARRAY(SELECT id FROM locks WHERE state = 'o' AND user_id = p_user));
  SELECT * INTO u FROM users WHERE id = p_user;
  INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
    SELECT DISTINCT ON (p.provider_id) p_ref, 'exit', p.provider_id, p_user, d.model_id, p.amount, p_now
    FROM payables p JOIN usage_daily d ON d.user_id = p.user_id AND d.provider_id = p.provider_id
    WHERE p.user_id = p_user AND p.amount > 0 ORDER BY p.provider_id, d.day DESC;
  INSERT INTO journal (at, event, ref, user_id, amount)
    SELECT p_now, event, p_ref, p_user, amount FROM (VALUES (15::smallint, u.available), (16::smallint, u.withdrawing)) t(event, amount)
    WHERE amount > 0;
  INSERT INTO journal (at, event, ref, user_id, provider_id, amount)
    SELECT p_now, 17, p_ref, p_user, provider_id, amount FROM payables WHERE user_id = p_user AND amount > 0;
  total := u.available + u.withdrawing + u.payable;
  UPDATE payables SET amount = 0 WHERE user_id = p_user;
  UPDATE users SET available = 0, withdrawing = 0, payable = 0, settled = 0, is_exiting = false, has_deposited = false WHERE id = p_user;
  UPDATE router_accounts SET vault = vault - total;
END $$;

-- A provider has left by the chain alone.
CREATE FUNCTION ledger_provider_exit(p_now timestamptz, p_ref uuid, p_provider integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p providers;
BEGIN
  SELECT * INTO p FROM providers WHERE id = p_provider FOR NO KEY UPDATE;
  INSERT INTO journal (at, event, ref, provider_id, amount)
    SELECT p_now, event, p_ref, p_provider, amount FROM (VALUES (18::smallint, p.claimable), (19::smallint, p.withdrawing)) t(event, amount)
    WHERE amount > 0;
  UPDATE providers SET claimable = 0, withdrawing = 0 WHERE id = p_provider;
  UPDATE router_accounts SET vault = vault - p.claimable - p.withdrawing;
END $$;

-- The router has collected its fees on chain.
CREATE FUNCTION ledger_collect_fees(p_now timestamptz, p_ref uuid, p_amount bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE router_accounts SET fees = fees - p_amount, vault = vault - p_amount;
  INSERT INTO journal (at, event, ref, amount) VALUES (p_now, 20, p_ref, p_amount);
$$;
