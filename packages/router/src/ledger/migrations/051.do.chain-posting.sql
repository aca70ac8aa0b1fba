-- Posting what the chain says of users' escrows. Every function takes an account's own running totals and posts what they exceed
-- what was posted: told twice, late or after any downtime, each amount is posted once.
-- Order of locks everywhere: the leader's row, users, escrows, the turn to post, then batches, their entries, providers, and the
-- router's own accounts.

-- Waits for the turn to post, until the transaction ends. Two postings at once could hold each other's providers, and of a
-- batch that both bring to an end neither would see that it has ended.
CREATE FUNCTION ledger_take_turn() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('aimo posting'));
END $$;

-- Writes off what a user owes, up to an amount: first what is not on its way, and never what is on its way to provider `p_but`.
-- By event 17 it leaves the vault with the user, by event 8 it goes back to what is available. Returns what was not owed.
CREATE FUNCTION ledger_write_off(p_now timestamptz, p_ref uuid, p_user integer, p_amount bigint, p_event smallint, p_but integer)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  rest bigint := p_amount;
  part bigint;
  one record;
BEGIN
  FOR one IN
    SELECT * FROM (
      SELECT provider_id, amount - in_flight + written_off AS owed, false AS is_flying FROM payables WHERE user_id = p_user
      UNION ALL SELECT provider_id, in_flight - written_off, true FROM payables WHERE user_id = p_user AND provider_id IS DISTINCT FROM p_but
    ) t WHERE owed > 0 ORDER BY is_flying, provider_id
  LOOP
    EXIT WHEN rest = 0;
    part := least(one.owed, rest);
    UPDATE payables SET amount = amount - part, written_off = written_off + CASE WHEN one.is_flying THEN part ELSE 0 END
      WHERE user_id = p_user AND provider_id = one.provider_id;
    UPDATE users SET payable = payable - part, available = available + CASE WHEN p_event = 8 THEN part ELSE 0 END WHERE id = p_user;
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount) VALUES (p_now, p_event, p_ref, p_user, one.provider_id, part);
    INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
      SELECT p_ref, 'exit', one.provider_id, p_user, d.model_id, part, p_now FROM usage_daily d
      WHERE d.user_id = p_user AND d.provider_id = one.provider_id ORDER BY d.day DESC LIMIT 1
      ON CONFLICT (lock_id, reason, provider_id) DO UPDATE SET amount = uncollected.amount + excluded.amount;
    rest := rest - part;
  END LOOP;
  RETURN rest;
END $$;

-- Ends a user's locks as expired where less than an amount is available.
CREATE FUNCTION ledger_break_locks(p_now timestamptz, p_user integer, p_amount bigint) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET jit = off AS $$
BEGIN
  IF (SELECT available FROM users WHERE id = p_user) < p_amount THEN
    PERFORM ledger_end_expired(p_now, ARRAY(SELECT id FROM locks WHERE state = 'o' AND user_id = p_user));
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
BEGIN
  IF p_amount <= 0 THEN RETURN 0; END IF;
  PERFORM ledger_break_locks(p_now, p_user, p_amount);
  SELECT * INTO u FROM users WHERE id = p_user;
  part := least(u.available, rest);
  IF part > 0 THEN
    UPDATE users SET available = available - part WHERE id = p_user;
    INSERT INTO journal (at, event, ref, user_id, amount) VALUES (p_now, 15, p_ref, p_user, part);
    rest := rest - part;
  END IF;
  part := least(u.withdrawing, rest);
  IF part > 0 THEN
    UPDATE users SET withdrawing = withdrawing - part WHERE id = p_user;
    UPDATE withdrawals SET held = held - part WHERE party = 'user' AND wallet_id = p_user AND ended_at IS NULL;
    INSERT INTO journal (at, event, ref, user_id, amount) VALUES (p_now, 16, p_ref, p_user, part);
    rest := rest - part;
  END IF;
  rest := ledger_write_off(p_now, p_ref, p_user, rest, 17::smallint, NULL);
  UPDATE router_accounts SET vault = vault - (p_amount - rest);
  RETURN rest;
END $$;

-- Makes an amount available that a user must pay to a provider: from locks, from what waits for a withdrawal, which cannot land
-- any more, then from what is owed besides. The user's row is locked by the caller.
CREATE FUNCTION ledger_free(p_now timestamptz, p_ref uuid, p_user integer, p_provider integer, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  u users;
  part bigint;
BEGIN
  PERFORM ledger_break_locks(p_now, p_user, p_amount);
  SELECT * INTO u FROM users WHERE id = p_user;
  part := least(u.withdrawing, p_amount - u.available);
  IF part > 0 THEN
    UPDATE users SET withdrawing = withdrawing - part, available = available + part WHERE id = p_user;
    UPDATE withdrawals SET held = held - part WHERE party = 'user' AND wallet_id = p_user AND ended_at IS NULL;
    INSERT INTO journal (at, event, ref, user_id, amount) VALUES (p_now, 11, p_ref, p_user, part);
  END IF;
  PERFORM ledger_write_off(p_now, p_ref, p_user, greatest(0, p_amount - u.available - u.withdrawing), 8::smallint, p_provider);
END $$;

-- What was written off was collected after all: nothing of it is missing any more.
CREATE FUNCTION ledger_collected(p_user integer, p_provider integer, p_amount bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rest bigint := p_amount;
  one uncollected;
BEGIN
  FOR one IN SELECT * FROM uncollected WHERE provider_id = p_provider AND user_id = p_user AND reason = 'exit' ORDER BY at DESC LOOP
    EXIT WHEN rest = 0;
    UPDATE uncollected SET amount = amount - least(one.amount, rest)
      WHERE lock_id = one.lock_id AND reason = one.reason AND provider_id = one.provider_id;
    rest := rest - least(one.amount, rest);
  END LOOP;
  DELETE FROM uncollected WHERE provider_id = p_provider AND user_id = p_user AND reason = 'exit' AND amount = 0;
END $$;

-- Posts one entry with what was applied and the fee, in micro-USDC; its user's row is locked by the caller.
CREATE FUNCTION ledger_post_entry(p_now timestamptz, p_ref uuid, p_slot bigint, x settle_entries, p_applied bigint, p_fee bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  batch_ref uuid;
  owed bigint;
  lack bigint;
BEGIN
  SELECT ref INTO batch_ref FROM settle_batches WHERE id = x.batch_id FOR NO KEY UPDATE;
  SELECT x.amount * 1000 - written_off INTO owed FROM payables WHERE user_id = x.user_id AND provider_id = x.provider_id;
  lack := greatest(0, p_applied * 1000 - owed);
  IF lack > 0 THEN
    -- The debt was written off when the user left, and was paid after all from what came in since.
    PERFORM ledger_free(p_now, p_ref, x.user_id, x.provider_id, lack);
    PERFORM ledger_collected(x.user_id, x.provider_id, lack);
    UPDATE users SET available = available - lack, payable = payable + lack WHERE id = x.user_id;
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount) VALUES (p_now, 6, batch_ref, x.user_id, x.provider_id, lack);
  END IF;
  UPDATE payables SET amount = amount + lack, in_flight = in_flight - x.amount * 1000, written_off = 0
    WHERE user_id = x.user_id AND provider_id = x.provider_id;
  PERFORM ledger_settle(p_now, batch_ref, x.user_id, x.provider_id, p_applied * 1000, p_fee * 1000, owed + lack - p_applied * 1000);
  UPDATE settle_entries SET applied = p_applied, fee = p_fee, posted_at = p_now WHERE id = x.id;
  INSERT INTO provider_accounts AS a (provider_id, earned, earned_slot) VALUES (x.provider_id, p_applied - p_fee, p_slot)
    ON CONFLICT (provider_id) DO UPDATE SET earned = a.earned + excluded.earned, earned_slot = greatest(a.earned_slot, p_slot);
  UPDATE router_accounts SET settled_slot = p_slot WHERE settled_slot < p_slot;
  UPDATE settle_batches b SET state = 'landed', ended_at = p_now
    WHERE b.id = x.batch_id AND NOT EXISTS (SELECT FROM settle_entries o WHERE o.batch_id = b.id AND o.posted_at IS NULL);
END $$;

-- Posts the entries up to a number, which took `p_more` out of the escrow with whatever else did: as their transaction logged,
-- else in the order of their numbers. `done` is false where nobody can say yet: the log is missing, and the amounts do not follow
-- from the sum and the fee. What no entry explains was settled elsewhere.
CREATE FUNCTION ledger_post_entries(p_now timestamptz, p_ref uuid, p_slot bigint, p_user integer, p_opened bigint, p_seq bigint,
  p_more bigint, p_fee_bps integer, p_patient boolean, OUT done boolean, OUT unexplained bigint) LANGUAGE plpgsql AS $$
DECLARE
  n integer; asked bigint; logged integer; said bigint;
  is_logged boolean;
  x settle_entries;
  rest bigint := p_more;
  part bigint;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0), count(logged_applied), coalesce(sum(logged_applied), 0) INTO n, asked, logged, said
    FROM settle_entries WHERE user_id = p_user AND opened_slot = p_opened AND seq <= p_seq AND posted_at IS NULL;
  is_logged := logged = n AND said <= p_more;
  done := is_logged OR NOT p_patient OR (p_fee_bps IS NOT NULL AND (p_more >= asked OR n = 1 OR p_more = 0));
  unexplained := 0;
  IF NOT done THEN RETURN; END IF;
  IF logged = n AND said > p_more THEN
    INSERT INTO chain_surprises (at, slot, kind, user_id, amount) VALUES (p_now, p_slot, 'log differs', p_user, said - p_more);
  END IF;
  FOR x IN SELECT * FROM settle_entries WHERE user_id = p_user AND opened_slot = p_opened AND seq <= p_seq AND posted_at IS NULL ORDER BY seq LOOP
    part := CASE WHEN is_logged THEN x.logged_applied ELSE least(x.amount, rest) END;
    PERFORM ledger_post_entry(p_now, p_ref, p_slot, x, part,
      CASE WHEN is_logged THEN x.logged_fee ELSE part * coalesce(p_fee_bps, 0) / 10000 END);
    rest := rest - part;
  END LOOP;
  unexplained := rest;
END $$;

-- Ends the open withdrawal of an account whose number was used: confirmed where that much has left. Returns what has left
-- besides, in nano-USDC, of `p_gone` micro-USDC.
CREATE FUNCTION ledger_end_withdrawal(p_now timestamptz, p_party text, p_wallet integer, p_opened bigint, p_seq bigint, p_gone bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  w withdrawals;
  has_landed boolean;
BEGIN
  SELECT * INTO w FROM withdrawals
    WHERE party = p_party AND wallet_id = p_wallet AND ended_at IS NULL AND opened_slot = p_opened AND withdraw_seq < p_seq;
  IF NOT FOUND THEN RETURN p_gone * 1000; END IF;
  has_landed := p_gone >= w.amount;
  IF w.held > 0 THEN
    PERFORM ledger_withdraw(p_now, w.id, p_party, CASE WHEN has_landed THEN 'confirm' ELSE 'expire' END, p_wallet, w.held);
  END IF;
  UPDATE withdrawals SET state = CASE WHEN has_landed THEN 'confirmed' ELSE 'expired' END, held = 0, ended_at = p_now,
    failure = CASE WHEN NOT has_landed THEN 'another withdrawal has used its number' END WHERE id = w.id;
  RETURN p_gone * 1000 - CASE WHEN has_landed THEN w.held ELSE 0 END;
END $$;

-- An escrow is closed, or was opened again: nothing of its time before is left. Entries that were on their way count as not
-- applied, unless their log says otherwise and there was enough. False while their fate is not known; nothing is promised then.
CREATE FUNCTION ledger_end_escrow(p_now timestamptz, p_ref uuid, p_slot bigint, p_user integer, p_patient boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  x settle_entries;
  w withdrawals;
  u users;
  is_logged boolean;
BEGIN
  IF p_patient AND EXISTS (SELECT FROM settle_entries s JOIN settle_batches b ON b.id = s.batch_id
    WHERE s.user_id = p_user AND s.posted_at IS NULL AND s.logged_applied IS NULL AND b.state IN ('signed', 'sent')) THEN
    UPDATE users SET allowance = 0 WHERE id = p_user AND allowance IS DISTINCT FROM 0;
    RETURN false;
  END IF;
  FOR x IN SELECT * FROM settle_entries WHERE user_id = p_user AND posted_at IS NULL ORDER BY seq LOOP
    SELECT * INTO u FROM users WHERE id = p_user;
    is_logged := coalesce(x.logged_applied * 1000 <= u.available + u.locked + u.withdrawing + u.payable, false);
    PERFORM ledger_post_entry(p_now, p_ref, p_slot, x, CASE WHEN is_logged THEN x.logged_applied ELSE 0 END,
      CASE WHEN is_logged THEN x.logged_fee ELSE 0 END);
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
  entries record;
  rest bigint;
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  PERFORM ledger_hold_users(ARRAY[p_user]);
  INSERT INTO escrows (user_id) VALUES (p_user) ON CONFLICT DO NOTHING;
  SELECT * INTO e FROM escrows WHERE user_id = p_user FOR NO KEY UPDATE;
  -- No total ever falls while an escrow is open: a lower one is older, whatever slot it is said to be of.
  IF p_slot < e.seen_slot OR p_opened < e.opened_slot OR (p_opened = e.opened_slot
    AND (p_deposited < e.deposited OR p_settled < e.settled OR p_withdrawn < e.withdrawn)) THEN RETURN 'old'; END IF;
  IF (p_opened, p_deposited, p_settled, p_withdrawn, p_settle_seq, p_withdraw_seq)
    <> (e.opened_slot, e.deposited, e.settled, e.withdrawn, e.settle_seq, e.withdraw_seq) THEN PERFORM ledger_take_turn(); END IF;
  UPDATE escrows SET seen_slot = p_slot WHERE user_id = p_user;
  IF e.opened_slot <> p_opened THEN
    IF e.opened_slot > 0 AND NOT ledger_end_escrow(p_now, p_ref, p_slot, p_user, p_patient) THEN RETURN 'waiting'; END IF;
    UPDATE escrows SET opened_slot = p_opened WHERE user_id = p_user RETURNING * INTO e;
    UPDATE users SET opened_slot = p_opened, settled = 0 WHERE id = p_user AND opened_slot < p_opened;
  END IF;
  PERFORM ledger_deposit(p_now, p_ref, p_user, p_opened, p_deposited * 1000, p_source);
  -- Admission follows what is in force, and what has left, at once, also while a settlement waits for its log.
  UPDATE users SET allowance = p_allowance, allowance_stops_at = p_stops_at, is_exiting = p_is_exiting WHERE id = p_user
    AND (allowance IS DISTINCT FROM p_allowance OR allowance_stops_at IS DISTINCT FROM p_stops_at OR is_exiting <> p_is_exiting);
  rest := ledger_end_withdrawal(p_now, 'user', p_user, p_opened, p_withdraw_seq, p_withdrawn - e.withdrawn);
  rest := ledger_take(p_now, p_ref, p_user, rest);
  UPDATE escrows SET deposited = p_deposited, withdrawn = p_withdrawn - rest / 1000, withdraw_seq = p_withdraw_seq,
    is_urgent = p_is_urgent, exit_due_at = p_exit_due_at WHERE user_id = p_user;
  entries := ledger_post_entries(p_now, p_ref, p_slot, p_user, p_opened, p_settle_seq, p_settled - e.settled, p_fee_bps, p_patient);
  IF NOT entries.done THEN RETURN 'waiting'; END IF;
  IF entries.unexplained > 0 THEN
    PERFORM ledger_take(p_now, p_ref, p_user, entries.unexplained * 1000);
    UPDATE users SET settled = settled + entries.unexplained * 1000 WHERE id = p_user;
    INSERT INTO chain_surprises (at, slot, kind, user_id, amount) VALUES (p_now, p_slot, 'settled elsewhere', p_user, entries.unexplained);
  END IF;
  UPDATE escrows SET settled = p_settled, settle_seq = p_settle_seq, next_seq = greatest(next_seq, p_settle_seq) WHERE user_id = p_user;
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
  PERFORM ledger_take_turn();
  IF NOT ledger_end_escrow(p_now, p_ref, p_slot, p_user, p_patient) THEN
    -- What is older says nothing new; the same may be told again.
    UPDATE escrows SET seen_slot = p_slot - 1 WHERE user_id = p_user;
    RETURN 'waiting';
  END IF;
  UPDATE escrows SET seen_slot = p_slot WHERE user_id = p_user;
  RETURN 'posted';
END $$;
