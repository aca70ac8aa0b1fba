-- Posting what the chain says. Every function takes an account's own running totals and posts what they exceed what was posted:
-- told twice, late or after any downtime, each amount is posted once.
-- Order of row locks everywhere: the leader's row, users, then escrows, providers, then the router's own accounts.

-- Becomes the leader of a job; gives the fence to write with.
CREATE FUNCTION ledger_lead(p_now timestamptz, p_job text, p_instance integer) RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO leaders AS l (job, fence, instance_id, since) VALUES (p_job, 1, p_instance, p_now)
    ON CONFLICT (job) DO UPDATE SET fence = l.fence + 1, instance_id = excluded.instance_id, since = excluded.since RETURNING fence;
$$;

-- Refuses whoever is not the leader of a job any more; who is one stays it until the transaction ends.
CREATE FUNCTION ledger_insist_leader(p_job text, p_fence bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM leaders WHERE job = p_job AND fence = p_fence FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'AM001', MESSAGE = format('another instance leads the %s now', p_job);
  END IF;
END $$;

-- Takes nano-USDC that have left the vault out of what a user has: available, then what waits for a withdrawal, then what it
-- owes. Locks end as expired where that is needed: what they would have been charged for is gone. Returns what could not be taken.
-- The user's row is locked by the caller.
CREATE FUNCTION ledger_take(p_now timestamptz, p_ref uuid, p_user integer, p_amount bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  u users;
  rest bigint := p_amount;
  part bigint;
  one record;
BEGIN
  IF p_amount <= 0 THEN RETURN 0; END IF;
  SELECT * INTO u FROM users WHERE id = p_user;
  IF u.available < p_amount THEN
    PERFORM ledger_end_expired(p_now, ARRAY(SELECT id FROM locks WHERE state = 'o' AND user_id = p_user));
    SELECT * INTO u FROM users WHERE id = p_user;
  END IF;
  part := least(u.available, rest);
  IF part > 0 THEN
    UPDATE users SET available = available - part WHERE id = p_user;
    INSERT INTO journal (at, event, ref, user_id, amount) VALUES (p_now, 15, p_ref, p_user, part);
    rest := rest - part;
  END IF;
  part := least(u.withdrawing, rest);
  IF part > 0 THEN
    UPDATE users SET withdrawing = withdrawing - part WHERE id = p_user;
    UPDATE withdrawals SET held = held - least(held, part) WHERE party = 'user' AND wallet_id = p_user AND ended_at IS NULL;
    INSERT INTO journal (at, event, ref, user_id, amount) VALUES (p_now, 16, p_ref, p_user, part);
    rest := rest - part;
  END IF;
  FOR one IN SELECT provider_id, amount FROM payables WHERE user_id = p_user AND amount > 0 ORDER BY provider_id LOOP
    EXIT WHEN rest = 0;
    part := least(one.amount, rest);
    UPDATE payables SET amount = amount - part WHERE user_id = p_user AND provider_id = one.provider_id;
    UPDATE users SET payable = payable - part WHERE id = p_user;
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount) VALUES (p_now, 17, p_ref, p_user, one.provider_id, part);
    INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
      SELECT p_ref, 'exit', one.provider_id, p_user, d.model_id, part, p_now FROM usage_daily d
      WHERE d.user_id = p_user AND d.provider_id = one.provider_id ORDER BY d.day DESC LIMIT 1
      ON CONFLICT (lock_id, reason, provider_id) DO UPDATE SET amount = uncollected.amount + excluded.amount;
    rest := rest - part;
  END LOOP;
  UPDATE router_accounts SET vault = vault - (p_amount - rest);
  RETURN rest;
END $$;

-- Posts one entry with what was applied and the fee, in micro-USDC; its user's row is locked by the caller.
CREATE FUNCTION ledger_post_entry(p_now timestamptz, x settle_entries, p_applied bigint, p_fee bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  ref uuid := (SELECT b.ref FROM settle_batches b WHERE b.id = x.batch_id);
  owed bigint;
  lack bigint;
BEGIN
  SELECT amount INTO owed FROM payables WHERE user_id = x.user_id AND provider_id = x.provider_id;
  lack := p_applied * 1000 - owed;
  IF lack > 0 THEN
    -- The debt was written off when the user left, and was paid after all from what came in since.
    PERFORM ledger_end_expired(p_now, ARRAY(SELECT id FROM locks WHERE state = 'o' AND user_id = x.user_id))
      FROM users WHERE id = x.user_id AND available < lack;
    UPDATE users SET available = available - lack, payable = payable + lack WHERE id = x.user_id;
    UPDATE payables SET amount = amount + lack WHERE user_id = x.user_id AND provider_id = x.provider_id;
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount) VALUES (p_now, 6, ref, x.user_id, x.provider_id, lack);
    owed := owed + lack;
  END IF;
  PERFORM ledger_settle(p_now, ref, x.user_id, x.provider_id, p_applied * 1000, p_fee * 1000,
    least((x.amount - p_applied) * 1000, owed - p_applied * 1000));
  UPDATE payables SET in_flight = in_flight - x.amount * 1000 WHERE user_id = x.user_id AND provider_id = x.provider_id;
  UPDATE settle_entries SET applied = p_applied, fee = p_fee, posted_at = p_now WHERE id = x.id;
  INSERT INTO provider_accounts AS a (provider_id, earned) VALUES (x.provider_id, p_applied - p_fee)
    ON CONFLICT (provider_id) DO UPDATE SET earned = a.earned + excluded.earned;
  UPDATE settle_batches b SET state = 'landed', ended_at = p_now WHERE b.id = x.batch_id AND b.state <> 'landed'
    AND NOT EXISTS (SELECT FROM settle_entries o WHERE o.batch_id = b.id AND o.posted_at IS NULL);
END $$;

-- Posts the entries up to a number. They applied `p_more` together: as their transaction logged, else in the order of their
-- numbers. False where nobody can say yet: the log is missing, and the amounts do not follow from the sum and the fee.
CREATE FUNCTION ledger_post_entries(p_now timestamptz, p_user integer, p_opened bigint, p_seq bigint, p_more bigint,
  p_fee_bps integer, p_patient boolean, OUT done boolean, OUT unexplained bigint) LANGUAGE plpgsql AS $$
DECLARE
  n integer; asked bigint; logged integer; said bigint;
  is_logged boolean;
  x settle_entries;
  rest bigint := p_more;
  part bigint;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0), count(logged_applied), coalesce(sum(logged_applied), 0) INTO n, asked, logged, said
    FROM settle_entries WHERE user_id = p_user AND opened_slot = p_opened AND seq <= p_seq AND posted_at IS NULL;
  is_logged := logged = n AND said = p_more;
  done := n = 0 OR is_logged OR NOT p_patient OR (p_fee_bps IS NOT NULL AND (p_more >= asked OR n = 1 OR p_more = 0));
  unexplained := 0;
  IF NOT done THEN RETURN; END IF;
  FOR x IN SELECT * FROM settle_entries WHERE user_id = p_user AND opened_slot = p_opened AND seq <= p_seq AND posted_at IS NULL ORDER BY seq LOOP
    part := CASE WHEN is_logged THEN x.logged_applied ELSE least(x.amount, rest) END;
    PERFORM ledger_post_entry(p_now, x, part, CASE WHEN is_logged THEN x.logged_fee ELSE part * coalesce(p_fee_bps, 0) / 10000 END);
    rest := rest - part;
  END LOOP;
  unexplained := rest;
END $$;

-- An escrow is closed, or was opened again: nothing of its time before is left. Entries that were on their way count as not
-- applied, unless their log says otherwise. False while their fate is not known.
CREATE FUNCTION ledger_end_escrow(p_now timestamptz, p_ref uuid, p_user integer, p_patient boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  e escrows;
  x settle_entries;
  w withdrawals;
  u users;
BEGIN
  SELECT * INTO e FROM escrows WHERE user_id = p_user;
  IF p_patient AND EXISTS (SELECT FROM settle_entries s JOIN settle_batches b ON b.id = s.batch_id
    WHERE s.user_id = p_user AND s.posted_at IS NULL AND s.logged_applied IS NULL AND b.state = 'sent') THEN RETURN false; END IF;
  FOR x IN SELECT * FROM settle_entries WHERE user_id = p_user AND opened_slot = e.opened_slot AND posted_at IS NULL ORDER BY seq LOOP
    PERFORM ledger_post_entry(p_now, x, coalesce(x.logged_applied, 0), coalesce(x.logged_fee, 0));
  END LOOP;
  FOR w IN SELECT * FROM withdrawals WHERE party = 'user' AND wallet_id = p_user AND ended_at IS NULL LOOP
    IF w.held > 0 THEN PERFORM ledger_withdraw(p_now, w.id, 'user', 'expire', p_user, w.held); END IF;
    UPDATE withdrawals SET state = 'expired', held = 0, ended_at = p_now, failure = 'the escrow was closed' WHERE id = w.id;
  END LOOP;
  SELECT * INTO u FROM users WHERE id = p_user;
  PERFORM ledger_take(p_now, p_ref, p_user, u.available + u.locked + u.withdrawing + u.payable);
  UPDATE users SET settled = 0, is_exiting = false, has_deposited = false, allowance = 0, allowance_stops_at = NULL WHERE id = p_user;
  UPDATE escrows SET opened_slot = 0, deposited = 0, settled = 0, withdrawn = 0, settle_seq = 0, next_seq = 0, withdraw_seq = 0,
    is_urgent = false, exit_due_at = NULL WHERE user_id = p_user;
  RETURN true;
END $$;

-- A user's escrow as it was at a slot. `p_fee_bps` is the fee of all that was settled since the last look, null where it may have
-- changed in between. Without patience a log that never came is not waited for. Returns posted, old (seen before) or waiting.
CREATE FUNCTION ledger_observe_escrow(p_now timestamptz, p_fence bigint, p_ref uuid, p_user integer, p_slot bigint, p_opened bigint,
  p_deposited bigint, p_settled bigint, p_withdrawn bigint, p_settle_seq bigint, p_withdraw_seq bigint, p_fee_bps integer,
  p_allowance bigint, p_stops_at timestamptz, p_is_exiting boolean, p_exit_due_at timestamptz, p_is_urgent boolean,
  p_patient boolean, p_source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  e escrows;
  w withdrawals;
  entries record;
  gone bigint;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  PERFORM ledger_hold_users(ARRAY[p_user]);
  INSERT INTO escrows (user_id) VALUES (p_user) ON CONFLICT DO NOTHING;
  SELECT * INTO e FROM escrows WHERE user_id = p_user FOR NO KEY UPDATE;
  IF p_slot < e.seen_slot OR p_opened < e.opened_slot THEN RETURN 'old'; END IF;
  IF e.opened_slot <> p_opened THEN
    IF e.opened_slot > 0 AND NOT ledger_end_escrow(p_now, p_ref, p_user, p_patient) THEN RETURN 'waiting'; END IF;
    UPDATE escrows SET opened_slot = p_opened WHERE user_id = p_user;
    UPDATE users SET opened_slot = p_opened, settled = 0 WHERE id = p_user AND opened_slot < p_opened;
    SELECT * INTO e FROM escrows WHERE user_id = p_user;
  END IF;
  PERFORM ledger_deposit(p_now, p_ref, p_user, p_opened, p_deposited * 1000, p_source);
  -- Admission follows what is in force at once, also while a settlement waits for its log.
  UPDATE users SET allowance = p_allowance, allowance_stops_at = p_stops_at, is_exiting = p_is_exiting WHERE id = p_user
    AND (allowance IS DISTINCT FROM p_allowance OR allowance_stops_at IS DISTINCT FROM p_stops_at OR is_exiting <> p_is_exiting);
  UPDATE escrows SET deposited = greatest(deposited, p_deposited), is_urgent = p_is_urgent, exit_due_at = p_exit_due_at WHERE user_id = p_user;
  entries := ledger_post_entries(p_now, p_user, p_opened, p_settle_seq, p_settled - e.settled, p_fee_bps, p_patient);
  IF NOT entries.done THEN RETURN 'waiting'; END IF;
  IF entries.unexplained > 0 THEN
    gone := ledger_take(p_now, p_ref, p_user, entries.unexplained * 1000);
    UPDATE users SET settled = settled + entries.unexplained * 1000 WHERE id = p_user;
    INSERT INTO chain_surprises (at, slot, kind, user_id, amount) VALUES (p_now, p_slot, 'settled elsewhere', p_user, entries.unexplained);
  END IF;
  gone := p_withdrawn - e.withdrawn;
  FOR w IN SELECT * FROM withdrawals WHERE party = 'user' AND wallet_id = p_user AND ended_at IS NULL AND opened_slot = p_opened
    AND withdraw_seq < p_withdraw_seq
  LOOP
    IF w.held > 0 THEN PERFORM ledger_withdraw(p_now, w.id, 'user', 'confirm', p_user, w.held); END IF;
    UPDATE withdrawals SET state = 'confirmed', held = 0, ended_at = p_now WHERE id = w.id;
    gone := gone - w.held / 1000;
  END LOOP;
  gone := ledger_take(p_now, p_ref, p_user, gone * 1000);
  UPDATE escrows SET seen_slot = p_slot, settled = p_settled, withdrawn = p_withdrawn - gone / 1000, settle_seq = p_settle_seq,
    next_seq = greatest(next_seq, p_settle_seq), withdraw_seq = p_withdraw_seq WHERE user_id = p_user;
  RETURN 'posted';
END $$;

-- A user's escrow is not there at a slot.
CREATE FUNCTION ledger_escrow_gone(p_now timestamptz, p_fence bigint, p_ref uuid, p_user integer, p_slot bigint, p_patient boolean)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  e escrows;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  PERFORM ledger_hold_users(ARRAY[p_user]);
  SELECT * INTO e FROM escrows WHERE user_id = p_user FOR NO KEY UPDATE;
  IF e.user_id IS NULL OR e.opened_slot = 0 OR p_slot <= e.seen_slot THEN RETURN 'old'; END IF;
  IF NOT ledger_end_escrow(p_now, p_ref, p_user, p_patient) THEN RETURN 'waiting'; END IF;
  UPDATE escrows SET seen_slot = p_slot WHERE user_id = p_user;
  RETURN 'posted';
END $$;

-- A provider's account as it was at a slot. `p_adopts`: whether earnings that no entry brought are posted; only where all that
-- happened up to the slot was looked at.
CREATE FUNCTION ledger_observe_provider(p_now timestamptz, p_fence bigint, p_ref uuid, p_provider integer, p_slot bigint, p_opened bigint,
  p_earned bigint, p_withdrawn bigint, p_withdraw_seq bigint, p_exit_due_at timestamptz, p_adopts boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  a provider_accounts;
  p providers;
  w withdrawals;
  gone bigint;
  rest bigint;
  part bigint;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  SELECT * INTO p FROM providers WHERE id = p_provider FOR NO KEY UPDATE;
  INSERT INTO provider_accounts (provider_id) VALUES (p_provider) ON CONFLICT DO NOTHING;
  SELECT * INTO a FROM provider_accounts WHERE provider_id = p_provider FOR NO KEY UPDATE;
  IF p_slot < a.seen_slot THEN RETURN 'old'; END IF;
  IF p_adopts AND p_earned > a.earned AND NOT EXISTS (SELECT FROM settle_entries WHERE provider_id = p_provider AND posted_at IS NULL) THEN
    part := (p_earned - a.earned) * 1000;
    UPDATE providers SET claimable = claimable + part WHERE id = p_provider;
    UPDATE router_accounts SET vault = vault + part;
    INSERT INTO journal (at, event, ref, provider_id, amount) VALUES (p_now, 21, p_ref, p_provider, part);
    INSERT INTO chain_surprises (at, slot, kind, provider_id, amount) VALUES (p_now, p_slot, 'earned elsewhere', p_provider, p_earned - a.earned);
    UPDATE provider_accounts SET earned = p_earned WHERE provider_id = p_provider;
  END IF;
  gone := (p_withdrawn - a.withdrawn) * 1000;
  FOR w IN SELECT * FROM withdrawals WHERE party = 'provider' AND wallet_id = p_provider AND ended_at IS NULL AND withdraw_seq < p_withdraw_seq LOOP
    IF w.held > 0 THEN PERFORM ledger_withdraw(p_now, w.id, 'provider', 'confirm', p_provider, w.held); END IF;
    UPDATE withdrawals SET state = 'confirmed', held = 0, ended_at = p_now WHERE id = w.id;
    gone := gone - w.held;
  END LOOP;
  SELECT * INTO p FROM providers WHERE id = p_provider;
  rest := greatest(gone, 0);
  part := least(p.claimable, rest);
  IF part > 0 THEN
    UPDATE providers SET claimable = claimable - part WHERE id = p_provider;
    INSERT INTO journal (at, event, ref, provider_id, amount) VALUES (p_now, 18, p_ref, p_provider, part);
    rest := rest - part;
  END IF;
  part := least(p.withdrawing, rest);
  IF part > 0 THEN
    UPDATE providers SET withdrawing = withdrawing - part WHERE id = p_provider;
    UPDATE withdrawals SET held = held - least(held, part) WHERE party = 'provider' AND wallet_id = p_provider AND ended_at IS NULL;
    INSERT INTO journal (at, event, ref, provider_id, amount) VALUES (p_now, 19, p_ref, p_provider, part);
    rest := rest - part;
  END IF;
  UPDATE router_accounts SET vault = vault - (greatest(gone, 0) - rest) WHERE greatest(gone, 0) > rest;
  -- What the ledger does not have yet is posted when it does.
  UPDATE provider_accounts SET seen_slot = p_slot, opened_slot = p_opened, withdrawn = p_withdrawn - rest / 1000, withdraw_seq = p_withdraw_seq,
    exit_due_at = p_exit_due_at WHERE provider_id = p_provider;
  RETURN CASE WHEN rest > 0 THEN 'waiting' ELSE 'posted' END;
END $$;

-- The router's fees as its config has them, after everything up to the same slot was posted: what is missing was collected.
CREATE FUNCTION ledger_observe_fees(p_now timestamptz, p_fence bigint, p_ref uuid, p_slot bigint, p_accrued bigint, p_adopts boolean)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  difference bigint;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  SELECT fees / 1000 - p_accrued INTO difference FROM router_accounts FOR NO KEY UPDATE;
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
