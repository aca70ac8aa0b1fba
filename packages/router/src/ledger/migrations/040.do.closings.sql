-- Closed days: what every account had at the end of each, chained by hash, so that the books can be proven when the journal of
-- long ago is gone. A day's rows are the accounts it moved; what an account has is its latest row plus the journal since.
CREATE TABLE closings (
  day date PRIMARY KEY,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32), -- covers the day before's hash and all of the day's balances
  closed_at timestamptz NOT NULL,
  is_journal_dropped boolean NOT NULL DEFAULT false,
  is_usage_dropped boolean NOT NULL DEFAULT false -- its generations; usage_daily stands for them
);

CREATE TABLE closing_balances (
  account text NOT NULL,
  user_id integer NOT NULL, -- 0 where the account has none
  provider_id integer NOT NULL,
  day date NOT NULL,
  balance bigint NOT NULL CHECK (balance >= 0),
  PRIMARY KEY (account, user_id, provider_id, day)
);
CREATE INDEX closing_balances_day ON closing_balances (day);

CREATE TRIGGER closings_are_final BEFORE UPDATE OF day, hash OR DELETE ON closings
  FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER closing_balances_are_final BEFORE UPDATE OR DELETE ON closing_balances
  FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();

-- A router whose clock is a day late must not write into what is closed.
CREATE FUNCTION journal_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM closings WHERE day = (NEW.at AT TIME ZONE 'UTC')::date) THEN
    RAISE EXCEPTION 'the books of % are closed', (NEW.at AT TIME ZONE 'UTC')::date;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER journal_day_is_closed BEFORE INSERT ON journal_elsewhen FOR EACH ROW EXECUTE FUNCTION journal_refuse_closed();

-- One hash after the other, each of the one before and the next entry: no list is ever held whole.
CREATE FUNCTION ledger_fold(p_hash bytea, p_entry text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(p_hash || convert_to(p_entry, 'UTF8'))
$$;
CREATE AGGREGATE ledger_chain(text) (sfunc = ledger_fold, stype = bytea, initcond = '');

-- The hash of a day: of the day before's hash, the day, and a line for each balance, in the order of account, user, provider.
-- A line is account, user and provider (addresses in hex) and balance, with a space between.
CREATE FUNCTION ledger_closing_hash(p_day date) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(
    coalesce((SELECT hash FROM closings WHERE day = p_day - 1), '')
    || convert_to(to_char(p_day, 'YYYY-MM-DD'), 'UTF8')
    || coalesce((
      SELECT ledger_chain(format('%s %s %s %s', b.account, encode(u.address, 'hex'), encode(p.address, 'hex'), b.balance)
        ORDER BY b.account COLLATE "C", u.address NULLS FIRST, p.address NULLS FIRST)
      FROM closing_balances b LEFT JOIN wallets u ON u.id = b.user_id LEFT JOIN wallets p ON p.id = b.provider_id
      WHERE b.day = p_day), ''))
$$;

-- What each account had when `p_day` began, as far as days are closed.
CREATE FUNCTION ledger_closed_balance(p_account text, p_user integer, p_provider integer, p_day date) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT balance FROM closing_balances
  WHERE account = p_account AND user_id = p_user AND provider_id = p_provider AND day < p_day ORDER BY day DESC LIMIT 1
$$;

-- Closes one day: nothing is written into it afterwards.
CREATE FUNCTION ledger_close_day(p_now timestamptz, p_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text := 'journal_' || to_char(p_day, 'YYYYMMDD');
  last date := (SELECT max(day) FROM closings);
BEGIN
  IF p_day <> last + 1 THEN RAISE EXCEPTION 'expected % to be closed next, found %', last + 1, p_day; END IF;
  -- Also by the database's own clock: a router whose clock is ahead must not close today for all others.
  IF ledger_day_start(p_day + 2) > least(p_now, now()) THEN RAISE EXCEPTION '% has not been over for a day', p_day; END IF;
  -- Waits for whoever writes into it now.
  IF to_regclass(name) IS NOT NULL THEN
    EXECUTE format('CREATE TRIGGER journal_day_is_closed BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION journal_refuse_closed()', name);
  END IF;
  INSERT INTO closing_balances (account, user_id, provider_id, day, balance)
    SELECT t.account, t.user_id, t.provider_id, p_day,
      t.change + coalesce(ledger_closed_balance(t.account, t.user_id, t.provider_id, p_day), 0)
    FROM (
      SELECT account, coalesce(user_id, 0) AS user_id, coalesce(provider_id, 0) AS provider_id, sum(change)::bigint AS change
      FROM journal_postings WHERE at >= ledger_day_start(p_day) AND at < ledger_day_start(p_day + 1) GROUP BY 1, 2, 3
    ) t;
  INSERT INTO closings (day, hash, closed_at) VALUES (p_day, ledger_closing_hash(p_day), p_now);
END $$;

-- Closes the next day that has been over for a day; false where there is none, or another instance is at it.
CREATE FUNCTION ledger_close_next_day(p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  next date;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('aimo closing')) THEN RETURN false; END IF;
  next := coalesce((SELECT max(day) + 1 FROM closings), (SELECT (min(at) AT TIME ZONE 'UTC')::date FROM journal));
  IF next IS NULL OR ledger_day_start(next + 2) > least(p_now, now()) THEN RETURN false; END IF;
  PERFORM ledger_close_day(p_now, next);
  RETURN true;
END $$;

-- Drops partitions of `p_table` of closed days before `p_before`, the oldest first; at most `p_max`. Returns how many.
CREATE FUNCTION ledger_drop_partitions(p_table text, p_before date, p_max integer) RETURNS integer LANGUAGE plpgsql
SET lock_timeout = '200ms' AS $$
DECLARE
  old record;
  n integer := 0;
BEGIN
  IF p_table NOT IN ('journal', 'generations') THEN RAISE EXCEPTION 'expected journal or generations, found %', p_table; END IF;
  FOR old IN
    SELECT t.name, t.day FROM (
      SELECT c.relname AS name, to_date(substring(c.relname FROM '_(\d{8})$'), 'YYYYMMDD') AS day
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = p_table::regclass
    ) t JOIN closings USING (day) WHERE t.day < p_before ORDER BY t.day LIMIT p_max
  LOOP
    UPDATE closings SET is_journal_dropped = is_journal_dropped OR p_table = 'journal',
      is_usage_dropped = is_usage_dropped OR p_table = 'generations' WHERE day = old.day;
    EXECUTE format('DROP TABLE %I', old.name);
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- How far the books are from balancing, in nano-USDC: 0, always. Sums alone, cheap enough for every minute.
CREATE FUNCTION ledger_imbalance() RETURNS bigint LANGUAGE sql STABLE SET jit = off AS $$
  SELECT (abs(r.vault - u.available - u.locked - u.withdrawing - a.payable - p.held - r.fees)
    + abs(u.locked - l.ceiling) + abs(u.payable - a.payable))::bigint
  FROM router_accounts r,
    (SELECT coalesce(sum(available), 0) AS available, coalesce(sum(locked), 0) AS locked, coalesce(sum(withdrawing), 0) AS withdrawing,
      coalesce(sum(payable), 0) AS payable FROM users) u,
    (SELECT coalesce(sum(amount), 0) AS payable FROM payables) a,
    (SELECT coalesce(sum(claimable + withdrawing), 0) AS held FROM providers) p,
    (SELECT coalesce(sum(ceiling), 0) AS ceiling FROM locks WHERE state = 'o') l
$$;
