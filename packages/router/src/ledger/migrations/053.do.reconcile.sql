-- What the ledger says of each account that the chain has too, and users for whom the two do not agree.

-- Where the chain has less of a user's than the ledger, nothing more is promised in his name until they agree again.
ALTER TABLE users ADD COLUMN is_halted boolean NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION ledger_lockable(u users, p_now timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN u.is_exiting OR u.is_halted OR u.allowance_stops_at <= p_now THEN 0
    WHEN u.allowance IS NULL THEN u.available
    ELSE greatest(0, least(u.available, u.allowance - u.settled - u.payable - u.locked))
  END
$$;

-- 3: halted.
CREATE OR REPLACE FUNCTION ledger_lock_stop(u users, p_now timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN u.is_halted THEN 3 WHEN u.is_exiting THEN 1 WHEN u.allowance_stops_at <= p_now THEN 2 ELSE 0 END
$$;

-- Halts users, and lets all others go on.
CREATE FUNCTION ledger_halt_users(p_fence bigint, p_users integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  PERFORM ledger_hold_users(ARRAY(SELECT id FROM users WHERE is_halted <> (id = ANY (p_users))));
  UPDATE users SET is_halted = (id = ANY (p_users)) WHERE is_halted <> (id = ANY (p_users));
END $$;
CREATE INDEX users_halted ON users (id) WHERE is_halted;
