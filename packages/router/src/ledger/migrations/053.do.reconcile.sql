-- What the ledger says of each account that the chain has too, and users for whom the two do not agree.

-- Halts users, and lets all others go on.
CREATE FUNCTION ledger_halt_users(p_fence bigint, p_users integer[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_insist_leader('watcher', p_fence);
  PERFORM ledger_hold_users(ARRAY(SELECT id FROM users WHERE is_halted <> (id = ANY (p_users))));
  UPDATE users SET is_halted = (id = ANY (p_users)) WHERE is_halted <> (id = ANY (p_users));
END $$;
CREATE INDEX users_halted ON users (id) WHERE is_halted;
