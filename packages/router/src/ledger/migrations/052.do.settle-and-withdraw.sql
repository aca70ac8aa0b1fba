-- Posting what the chain says of providers and of the router itself. What goes to the chain: batches are cut from payables,
-- withdrawals are held until their fate is known.

-- Takes nano-USDC that a provider does not have on chain out of what it has here; returns what could not be taken.
CREATE FUNCTION ledger_take_earnings(p_now timestamptz, p_ref uuid, p_provider integer, p_amount bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  p providers;
  rest bigint := greatest(0, p_amount);
  part bigint;
BEGIN
  SELECT * INTO p FROM providers WHERE id = p_provider;
  part := least(p.claimable, rest);
  IF part > 0 THEN
    UPDATE providers SET claimable = claimable - part WHERE id = p_provider;
    INSERT INTO journal (at, event, ref, provider_id, amount) VALUES (p_now, 18, p_ref, p_provider, part);
    rest := rest - part;
  END IF;
  part := least(p.withdrawing, rest);
  IF part > 0 THEN
    UPDATE providers SET withdrawing = withdrawing - part WHERE id = p_provider;
    UPDATE withdrawals SET held = held - part WHERE party = 'provider' AND wallet_id = p_provider AND ended_at IS NULL;
    INSERT INTO journal (at, event, ref, provider_id, amount) VALUES (p_now, 19, p_ref, p_provider, part);
    rest := rest - part;
  END IF;
  UPDATE router_accounts SET vault = vault - (p_amount - rest) WHERE p_amount > rest;
  RETURN rest;
END $$;

-- A provider's account as it was at a slot. `p_adopts`: whether earnings are corrected that the entries posted do not explain; only
-- where all that happened up to the slot was looked at. Returns waiting where something else must be posted first.
CREATE FUNCTION ledger_observe_provider(p_now timestamptz, p_fence bigint, p_ref uuid, p_provider integer, p_slot bigint, p_opened bigint,
  p_earned bigint, p_withdrawn bigint, p_withdraw_seq bigint, p_exit_due_at timestamptz, p_adopts boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  a provider_accounts;
  rest bigint;
  earned_here bigint;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  PERFORM ledger_take_turn();
  PERFORM 1 FROM providers WHERE id = p_provider FOR NO KEY UPDATE;
  INSERT INTO provider_accounts (provider_id) VALUES (p_provider) ON CONFLICT DO NOTHING;
  SELECT * INTO a FROM provider_accounts WHERE provider_id = p_provider;
  IF p_slot < a.seen_slot OR p_withdrawn < a.withdrawn THEN RETURN 'old'; END IF;
  rest := ledger_end_withdrawal(p_now, 'provider', p_provider, p_opened, p_withdraw_seq, p_withdrawn - a.withdrawn);
  earned_here := a.earned;
  IF p_adopts AND p_earned > a.earned AND NOT EXISTS (SELECT FROM settle_entries WHERE provider_id = p_provider AND posted_at IS NULL) THEN
    earned_here := p_earned;
    UPDATE providers SET claimable = claimable + (p_earned - a.earned) * 1000 WHERE id = p_provider;
    UPDATE router_accounts SET vault = vault + (p_earned - a.earned) * 1000;
    INSERT INTO journal (at, event, ref, provider_id, amount) VALUES (p_now, 21, p_ref, p_provider, (p_earned - a.earned) * 1000);
    INSERT INTO chain_surprises (at, slot, kind, provider_id, amount) VALUES (p_now, p_slot, 'earned elsewhere', p_provider, p_earned - a.earned);
  ELSIF p_adopts AND p_earned < a.earned AND p_slot >= a.earned_slot THEN
    -- Amounts without a log were filled in, or a number was used by somebody else: others have what was posted here.
    earned_here := p_earned + ledger_take_earnings(p_now, p_ref, p_provider, (a.earned - p_earned) * 1000) / 1000;
    INSERT INTO chain_surprises (at, slot, kind, provider_id, amount) VALUES (p_now, p_slot, 'earned less', p_provider, a.earned - p_earned);
  END IF;
  rest := ledger_take_earnings(p_now, p_ref, p_provider, rest);
  -- What the ledger does not have yet is posted when it does.
  UPDATE provider_accounts SET seen_slot = p_slot, opened_slot = p_opened, earned = earned_here, withdrawn = p_withdrawn - rest / 1000,
    withdraw_seq = p_withdraw_seq, exit_due_at = p_exit_due_at WHERE provider_id = p_provider;
  RETURN CASE WHEN rest > 0 OR (p_adopts AND earned_here <> p_earned) THEN 'waiting' ELSE 'posted' END;
END $$;

-- The router's fees as its config has them, after everything up to the same slot was posted: what is missing was collected.
CREATE FUNCTION ledger_observe_fees(p_now timestamptz, p_fence bigint, p_ref uuid, p_slot bigint, p_accrued bigint, p_adopts boolean)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  r router_accounts;
  difference bigint;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  PERFORM ledger_take_turn();
  SELECT * INTO r FROM router_accounts FOR NO KEY UPDATE;
  -- A config from before a fee that is posted does not have it yet.
  IF p_slot < greatest(r.seen_slot, r.settled_slot) THEN RETURN 0; END IF;
  UPDATE router_accounts SET seen_slot = p_slot WHERE seen_slot < p_slot;
  difference := r.fees / 1000 - p_accrued;
  IF difference > 0 THEN
    PERFORM ledger_collect_fees(p_now, p_ref, difference * 1000);
  ELSIF difference < 0 AND p_adopts AND NOT EXISTS (SELECT FROM settle_entries WHERE posted_at IS NULL) THEN
    UPDATE router_accounts SET fees = fees - difference * 1000, vault = vault - difference * 1000;
    INSERT INTO journal (at, event, ref, amount) VALUES (p_now, 22, p_ref, -difference * 1000);
    INSERT INTO chain_surprises (at, slot, kind, amount) VALUES (p_now, p_slot, 'fees from elsewhere', -difference);
  END IF;
  RETURN difference;
END $$;

-- Whether nobody may lock for now: settling is paused on chain, more is owed than can be settled, or the chain was not seen for long.
CREATE FUNCTION ledger_set_paused(p_fence bigint, p_is_paused boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  UPDATE router_accounts SET is_paused = p_is_paused WHERE is_paused <> p_is_paused;
END $$;

-- The UTC day of a UUID version 7: where its generation is stored.
CREATE FUNCTION ledger_uuid_day(p_id uuid) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT (to_timestamp(('x' || translate(left(p_id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC')::date
$$;

-- Cuts a batch from what pairs of user and provider owe: an entry each, of at most `p_most` micro-USDC. Pairs whose user has
-- entries on their way are left out: numbers of an escrow land in their order. Returns the batch, null where nothing is left of it.
CREATE FUNCTION ledger_cut(p_now timestamptz, p_fence bigint, p_ref uuid, p_users integer[], p_providers integer[], p_most bigint,
  p_receipts_from uuid) RETURNS bigint LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$ -- as in migration 004
DECLARE
  batch bigint;
BEGIN
  PERFORM ledger_insist_leader('settler', p_fence);
  PERFORM ledger_hold_users(p_users);
  INSERT INTO settle_batches (ref, queued_at) VALUES (p_ref, p_now) RETURNING id INTO batch;
  INSERT INTO settle_entries (batch_id, user_id, opened_slot, seq, provider_id, amount, cut, receipts_from)
    SELECT batch, t.user_id, e.opened_slot, e.next_seq + row_number() OVER (PARTITION BY t.user_id ORDER BY t.n), t.provider_id,
      least(p_most, (p.amount - p.in_flight) / 1000), p.cuts, p.receipts_from
    FROM (SELECT user_id, provider_id, min(n) AS n FROM unnest(p_users, p_providers) WITH ORDINALITY t(user_id, provider_id, n) GROUP BY 1, 2) t
      JOIN payables p USING (user_id, provider_id) JOIN escrows e USING (user_id)
    WHERE e.opened_slot > 0 AND p.amount - p.in_flight >= 1000 AND t.user_id <> t.provider_id
      AND NOT EXISTS (SELECT FROM settle_entries x WHERE x.user_id = t.user_id AND x.posted_at IS NULL)
    ORDER BY t.n;
  IF NOT FOUND THEN
    DELETE FROM settle_batches WHERE id = batch;
    RETURN NULL;
  END IF;
  UPDATE escrows e SET next_seq = t.seq FROM (SELECT user_id, max(seq) AS seq FROM settle_entries WHERE batch_id = batch GROUP BY user_id) t
    WHERE e.user_id = t.user_id;
  UPDATE payables p SET in_flight = p.in_flight + x.amount * 1000, since = NULL, cuts = p.cuts + 1, receipts_from = p_receipts_from
    FROM settle_entries x WHERE x.batch_id = batch AND p.user_id = x.user_id AND p.provider_id = x.provider_id;
  RETURN batch;
END $$;

-- All that a batch's entries stand for have their leaves.
CREATE FUNCTION ledger_finish_receipts(p_batch bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM late_generations l USING settle_entries x
    WHERE x.batch_id = p_batch AND l.user_id = x.user_id AND l.provider_id = x.provider_id AND l.cut = x.cut;
  UPDATE settle_entries SET has_receipts = true WHERE batch_id = p_batch AND NOT has_receipts;
END $$;

-- Moves some of a batch's users, with all their entries, into a batch of their own; the rest stays. Null where there is nothing to
-- move. A batch of which nothing is left to land has ended.
CREATE FUNCTION ledger_split_batch(p_now timestamptz, p_fence bigint, p_batch bigint, p_ref uuid, p_users integer[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  batch bigint;
BEGIN
  PERFORM ledger_insist_leader('settler', p_fence);
  PERFORM ledger_hold_users(p_users);
  PERFORM 1 FROM settle_batches WHERE id = p_batch AND state = 'queued' FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO settle_batches (ref, queued_at) VALUES (p_ref, p_now) RETURNING id INTO batch;
  UPDATE settle_entries SET batch_id = batch WHERE batch_id = p_batch AND user_id = ANY (p_users) AND posted_at IS NULL;
  IF NOT FOUND THEN
    DELETE FROM settle_batches WHERE id = batch;
    RETURN NULL;
  END IF;
  UPDATE settle_batches SET root = NULL WHERE id = p_batch;
  UPDATE settle_batches SET state = 'split', ended_at = p_now
    WHERE id = p_batch AND NOT EXISTS (SELECT FROM settle_entries WHERE batch_id = p_batch AND posted_at IS NULL);
  RETURN batch;
END $$;

-- Asks for a withdrawal, holding what it takes. `code`: requested, again (the same is open: its id), open (another is), short.
CREATE FUNCTION ledger_request_withdrawal(p_now timestamptz, p_id uuid, p_party text, p_wallet integer, p_amount bigint, p_destination bytea,
  p_opened bigint, p_withdraw_seq bigint, OUT code text, OUT id uuid, OUT free bigint) LANGUAGE plpgsql AS $$
DECLARE
  w withdrawals;
BEGIN
  IF p_party = 'user' THEN PERFORM ledger_hold_users(ARRAY[p_wallet]);
  ELSE PERFORM 1 FROM providers WHERE providers.id = p_wallet FOR NO KEY UPDATE; END IF;
  free := CASE p_party WHEN 'user' THEN (SELECT available FROM users WHERE users.id = p_wallet)
    ELSE (SELECT claimable FROM providers WHERE providers.id = p_wallet) END;
  SELECT * INTO w FROM withdrawals WHERE party = p_party AND wallet_id = p_wallet AND ended_at IS NULL;
  IF FOUND THEN
    id := w.id;
    code := CASE WHEN w.amount = p_amount AND w.destination IS NOT DISTINCT FROM p_destination THEN 'again' ELSE 'open' END;
    RETURN;
  END IF;
  IF NOT ledger_withdraw(p_now, p_id, p_party, 'request', p_wallet, p_amount * 1000) THEN code := 'short'; RETURN; END IF;
  -- Whoever asks may have looked before the last withdrawal was posted: its number is used.
  SELECT t.opened_slot, t.withdraw_seq INTO p_opened, p_withdraw_seq FROM (
      SELECT e.opened_slot, e.withdraw_seq FROM escrows e WHERE p_party = 'user' AND e.user_id = p_wallet
      UNION ALL SELECT a.opened_slot, a.withdraw_seq FROM provider_accounts a WHERE p_party = 'provider' AND a.provider_id = p_wallet
      UNION ALL SELECT p_opened, p_withdraw_seq
    ) t ORDER BY t.opened_slot DESC, t.withdraw_seq DESC LIMIT 1;
  INSERT INTO withdrawals (id, party, wallet_id, amount, held, destination, opened_slot, withdraw_seq, requested_at)
    VALUES (p_id, p_party, p_wallet, p_amount, p_amount * 1000, p_destination, p_opened, p_withdraw_seq, p_now);
  code := 'requested';
  id := p_id;
END $$;

-- Gives back what a withdrawal holds that can never land any more; false where it has ended already, or has landed as far as seen.
CREATE FUNCTION ledger_expire_withdrawal(p_now timestamptz, p_fence bigint, p_id uuid, p_failure text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  w withdrawals;
  seen bigint;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  SELECT * INTO w FROM withdrawals WHERE id = p_id;
  IF NOT FOUND THEN RETURN false; END IF;
  IF w.party = 'user' THEN PERFORM ledger_hold_users(ARRAY[w.wallet_id]);
  ELSE PERFORM 1 FROM providers WHERE id = w.wallet_id FOR NO KEY UPDATE; END IF;
  SELECT * INTO w FROM withdrawals WHERE id = p_id AND ended_at IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  seen := CASE w.party WHEN 'user' THEN (SELECT withdraw_seq FROM escrows WHERE user_id = w.wallet_id AND opened_slot = w.opened_slot)
    ELSE (SELECT withdraw_seq FROM provider_accounts WHERE provider_id = w.wallet_id) END;
  IF seen > w.withdraw_seq THEN RETURN false; END IF;
  IF w.held > 0 THEN PERFORM ledger_withdraw(p_now, w.id, w.party, 'expire', w.wallet_id, w.held); END IF;
  UPDATE withdrawals SET state = 'expired', held = 0, ended_at = p_now, failure = p_failure WHERE id = p_id;
  RETURN true;
END $$;
