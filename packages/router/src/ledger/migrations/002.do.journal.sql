-- The journal: every event that moved money, append only, and the double entry each kind of event stands for.

CREATE TABLE journal_events (
  event smallint PRIMARY KEY,
  name text NOT NULL UNIQUE
);

-- A leg moves `amount`, `rest` or their sum into (+) or out of (-) an account. `vault` is an asset: what goes in there is a debit.
CREATE TABLE journal_legs (
  event smallint NOT NULL REFERENCES journal_events,
  account text NOT NULL CHECK (account IN ('vault', 'user:available', 'user:locked', 'user:withdrawing', 'payable',
    'provider:claimable', 'provider:withdrawing', 'fees')),
  part text NOT NULL CHECK (part IN ('amount', 'rest', 'sum')),
  sign smallint NOT NULL CHECK (sign IN (-1, 1)),
  PRIMARY KEY (event, account)
);

INSERT INTO journal_events (event, name) VALUES
  (1, 'deposit'), (2, 'lock'), (3, 'charge'), (4, 'release'), (5, 'expire'), (6, 'late charge'), (7, 'settle'),
  (8, 'settle shortfall'), (9, 'user withdraw request'), (10, 'user withdraw confirm'), (11, 'user withdraw expire'),
  (12, 'provider withdraw request'), (13, 'provider withdraw confirm'), (14, 'provider withdraw expire'),
  (15, 'exit available'), (16, 'exit withdrawing'), (17, 'exit payable'), (18, 'provider exit claimable'),
  (19, 'provider exit withdrawing'), (20, 'fee collected');

INSERT INTO journal_legs (event, account, part, sign) VALUES
  (1, 'vault', 'amount', 1), (1, 'user:available', 'amount', 1),
  (2, 'user:available', 'amount', -1), (2, 'user:locked', 'amount', 1),
  (3, 'user:locked', 'sum', -1), (3, 'payable', 'amount', 1), (3, 'user:available', 'rest', 1),
  (4, 'user:locked', 'amount', -1), (4, 'user:available', 'amount', 1),
  (5, 'user:locked', 'amount', -1), (5, 'user:available', 'amount', 1),
  (6, 'user:available', 'amount', -1), (6, 'payable', 'amount', 1),
  (7, 'payable', 'sum', -1), (7, 'provider:claimable', 'amount', 1), (7, 'fees', 'rest', 1),
  (8, 'payable', 'amount', -1), (8, 'user:available', 'amount', 1),
  (9, 'user:available', 'amount', -1), (9, 'user:withdrawing', 'amount', 1),
  (10, 'user:withdrawing', 'amount', -1), (10, 'vault', 'amount', -1),
  (11, 'user:withdrawing', 'amount', -1), (11, 'user:available', 'amount', 1),
  (12, 'provider:claimable', 'amount', -1), (12, 'provider:withdrawing', 'amount', 1),
  (13, 'provider:withdrawing', 'amount', -1), (13, 'vault', 'amount', -1),
  (14, 'provider:withdrawing', 'amount', -1), (14, 'provider:claimable', 'amount', 1),
  (15, 'user:available', 'amount', -1), (15, 'vault', 'amount', -1),
  (16, 'user:withdrawing', 'amount', -1), (16, 'vault', 'amount', -1),
  (17, 'payable', 'amount', -1), (17, 'vault', 'amount', -1),
  (18, 'provider:claimable', 'amount', -1), (18, 'vault', 'amount', -1),
  (19, 'provider:withdrawing', 'amount', -1), (19, 'vault', 'amount', -1),
  (20, 'fees', 'amount', -1), (20, 'vault', 'amount', -1);

CREATE SEQUENCE journal_seq;
CREATE TABLE journal (
  at timestamptz NOT NULL,
  seq bigint NOT NULL DEFAULT nextval('journal_seq'),
  ref uuid NOT NULL, -- the lock, deposit, settlement or withdrawal
  amount bigint NOT NULL,
  rest bigint NOT NULL DEFAULT 0,
  user_id integer,
  provider_id integer,
  event smallint NOT NULL, -- a foreign key would cost more than all else here
  PRIMARY KEY (at, seq),
  CONSTRAINT an_event_is_known_and_names_whom_it_concerns CHECK (least(amount, rest) >= 0 AND event BETWEEN 1 AND 22
    AND (rest = 0 OR event = 3 OR event = 7)
    AND (user_id IS NOT NULL OR event BETWEEN 12 AND 14 OR event >= 18)
    AND (provider_id IS NOT NULL OR event NOT IN (3, 6, 7, 8, 12, 13, 14, 17, 18, 19)))
) PARTITION BY RANGE (at);
CREATE TABLE journal_elsewhen PARTITION OF journal DEFAULT;

CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append only: post the opposite event instead';
END $$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();

CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();

-- When a UTC day begins.
CREATE FUNCTION ledger_day_start(p_day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT p_day::timestamp AT TIME ZONE 'UTC'
$$;

-- What the journal says, leg by leg: the sum of a balanced book is the same on both sides.
CREATE VIEW journal_postings AS
  SELECT j.at, j.seq, j.event, j.ref, l.account,
    CASE WHEN l.account LIKE 'user:%' OR l.account = 'payable' THEN j.user_id END AS user_id,
    CASE WHEN l.account LIKE 'provider:%' OR l.account = 'payable' THEN j.provider_id END AS provider_id,
    l.sign * CASE l.part WHEN 'amount' THEN j.amount WHEN 'rest' THEN j.rest ELSE j.amount + j.rest END AS change
  FROM journal j JOIN journal_legs l USING (event);

-- The balances that the tables hold, in the same shape.
CREATE VIEW ledger_balances AS
  SELECT 'user:available' AS account, id AS user_id, NULL::integer AS provider_id, available AS balance FROM users
  UNION ALL SELECT 'user:locked', id, NULL, locked FROM users
  UNION ALL SELECT 'user:withdrawing', id, NULL, withdrawing FROM users
  UNION ALL SELECT 'payable', user_id, provider_id, amount FROM payables
  UNION ALL SELECT 'provider:claimable', NULL, id, claimable FROM providers
  UNION ALL SELECT 'provider:withdrawing', NULL, id, withdrawing FROM providers
  UNION ALL SELECT 'vault', NULL, NULL, vault FROM router_accounts
  UNION ALL SELECT 'fees', NULL, NULL, fees FROM router_accounts;

-- Daily partitions of `p_table` for `p_days` days from `p_from` on, where there are none yet. Rows that came too early stay
-- where they are. Each table in a transaction of its own, so that it never waits for one while it holds the other; and not long,
-- since every batch waits behind it. (Attaching a table made aside would hold up nobody, but fails whoever is just writing a row
-- of that day.)
CREATE FUNCTION ledger_make_partitions(p_table text, p_from date, p_days integer) RETURNS void LANGUAGE plpgsql
SET lock_timeout = '200ms' AS $$
DECLARE
  d date;
  name text;
  is_early boolean;
BEGIN
  IF p_table NOT IN ('journal', 'generations') THEN RAISE EXCEPTION 'expected journal or generations, found %', p_table; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('aimo partitions'));
  FOR d IN SELECT p_from + n FROM generate_series(0, p_days - 1) n LOOP
    name := p_table || '_' || to_char(d, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    -- Before the look: a row that comes between it and the partition would make it fail.
    EXECUTE format('LOCK TABLE ONLY %I IN ACCESS EXCLUSIVE MODE', p_table);
    IF p_table = 'journal' THEN
      SELECT EXISTS (SELECT FROM journal_elsewhen WHERE at >= ledger_day_start(d) AND at < ledger_day_start(d + 1)) INTO is_early;
    ELSE
      SELECT EXISTS (SELECT FROM generations_elsewhen WHERE day = d) INTO is_early;
    END IF;
    CONTINUE WHEN is_early;
    IF p_table = 'journal' THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF journal FOR VALUES FROM (%L) TO (%L)', name, ledger_day_start(d), ledger_day_start(d + 1));
    ELSE
      EXECUTE format('CREATE TABLE %I PARTITION OF generations FOR VALUES FROM (%L) TO (%L)', name, d, d + 1);
    END IF;
  END LOOP;
END $$;
