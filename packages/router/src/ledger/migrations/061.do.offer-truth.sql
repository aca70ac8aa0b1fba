-- What this router has found out about offers by asking them, and what that has cost. Written by the inspector's leader alone.
CREATE TABLE offer_truth (
  offer_id text PRIMARY KEY CHECK (octet_length(offer_id) <= 200),
  evidence jsonb NOT NULL,
  change bigint NOT NULL, -- rises with every write: other instances read what is above what they have read
  seen_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX offer_truth_change ON offer_truth (change);
CREATE INDEX offer_truth_seen_at ON offer_truth (seen_at);
CREATE SEQUENCE offer_truth_changes;

-- Keeps what is known now of these offers. Whoever leads stays leader until this is committed, and saves once at a time: so changes
-- rise as they commit, and whoever has read one has read all before it.
CREATE FUNCTION offer_truth_save(p_fence bigint, p_now timestamptz, p_ids text[], p_evidence jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_insist_leader('inspector', p_fence);
  PERFORM pg_advisory_xact_lock(hashtext('aimo offer truth'));
  INSERT INTO offer_truth (offer_id, evidence, change, seen_at)
    SELECT t.id, t.evidence, nextval('offer_truth_changes'), p_now FROM unnest(p_ids, p_evidence) t(id, evidence)
    ON CONFLICT (offer_id) DO UPDATE SET evidence = excluded.evidence, change = excluded.change, seen_at = excluded.seen_at;
END $$;

-- What examining has cost each day, in nano-USDC, with what is reserved for requests under way.
CREATE TABLE inspection_days (
  day date PRIMARY KEY,
  asks integer NOT NULL DEFAULT 0 CHECK (asks >= 0),
  spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0)
);
CREATE TABLE inspection_spending (
  day date NOT NULL REFERENCES inspection_days ON DELETE CASCADE,
  wallet text NOT NULL, -- the provider's
  asks integer NOT NULL CHECK (asks >= 0),
  spent bigint NOT NULL CHECK (spent >= 0),
  PRIMARY KEY (day, wallet)
);

-- Reserves the greatest cost of one request, where the day's bounds and the provider's leave room for it: gives 'ok', 'wallet' or 'day'.
CREATE FUNCTION inspection_reserve(p_fence bigint, p_day date, p_wallet text, p_amount bigint,
  p_day_max bigint, p_wallet_max bigint, p_day_asks_max integer, p_wallet_asks_max integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  d inspection_days;
  w inspection_spending;
BEGIN
  PERFORM ledger_insist_leader('inspector', p_fence);
  INSERT INTO inspection_days (day) VALUES (p_day) ON CONFLICT DO NOTHING;
  SELECT * INTO d FROM inspection_days WHERE day = p_day FOR UPDATE;
  IF d.spent + p_amount > p_day_max OR d.asks >= p_day_asks_max THEN
    RETURN 'day';
  END IF;
  SELECT * INTO w FROM inspection_spending WHERE day = p_day AND wallet = p_wallet;
  IF coalesce(w.spent, 0) + p_amount > p_wallet_max OR coalesce(w.asks, 0) >= p_wallet_asks_max THEN
    RETURN 'wallet';
  END IF;
  UPDATE inspection_days SET asks = asks + 1, spent = spent + p_amount WHERE day = p_day;
  INSERT INTO inspection_spending AS s (day, wallet, asks, spent) VALUES (p_day, p_wallet, 1, p_amount)
    ON CONFLICT (day, wallet) DO UPDATE SET asks = s.asks + 1, spent = s.spent + excluded.spent;
  RETURN 'ok';
END $$;

-- Gives back what a reservation had too much; its request stays counted.
CREATE FUNCTION inspection_return(p_day date, p_wallet text, p_amount bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE inspection_days SET spent = spent - p_amount WHERE day = p_day;
  UPDATE inspection_spending SET spent = spent - p_amount WHERE day = p_day AND wallet = p_wallet;
$$;
