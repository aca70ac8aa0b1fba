-- How well each offer serves, as all instances of this router have seen it together: statistics, not money. Each instance keeps
-- it in memory (market/health), brings what it has seen every two seconds and reads what others have brought.

CREATE TABLE offer_health (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE, -- the provider's wallet and the model, as the market names an offer
  seen_on date NOT NULL, -- by the router's clock
  changed_at timestamptz NOT NULL, -- by the database's clock, of it or of its slots or speeds: instances follow it
  successes integer NOT NULL DEFAULT 0 CHECK (successes >= 0),
  payers double precision[] NOT NULL DEFAULT '{}', -- numbers of 53 bits, of the first few distinct ones
  first_success_at timestamptz,
  -- How it stands with everybody, as it was found out last.
  mode text NOT NULL DEFAULT 'good' CHECK (mode IN ('good', 'degraded', 'outage')),
  outage_until timestamptz,
  proof_needed smallint NOT NULL DEFAULT 0,
  relapses smallint NOT NULL DEFAULT 0,
  returned_at timestamptz,
  stands_since timestamptz
) WITH (fillfactor = 70);
CREATE INDEX offer_health_seen ON offer_health (seen_on);

-- Attempts by five minutes, for a day.
CREATE TABLE offer_health_slots (
  offer_id integer NOT NULL REFERENCES offer_health ON DELETE CASCADE,
  slot integer NOT NULL, -- five minutes since 1970
  succeeded integer NOT NULL CHECK (succeeded >= 0),
  failed integer NOT NULL CHECK (failed >= 0),
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (offer_id, slot)
) WITH (fillfactor = 80);
CREATE INDEX offer_health_slots_slot ON offer_health_slots (slot);

-- Measurements by five minutes, for half an hour: how many fell into which bucket.
CREATE TABLE offer_health_speeds (
  offer_id integer NOT NULL REFERENCES offer_health ON DELETE CASCADE,
  slot integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('first_output', 'tokens')),
  bucket smallint NOT NULL,
  count integer NOT NULL CHECK (count >= 0),
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (offer_id, slot, kind, bucket)
) WITH (fillfactor = 80);
CREATE INDEX offer_health_speeds_slot ON offer_health_speeds (slot);

-- The last batch of each run of a router: one whose answer got lost is brought again, and added once.
CREATE TABLE offer_health_writers (
  instance_id integer PRIMARY KEY,
  batch integer NOT NULL,
  written_on date NOT NULL
) WITH (fillfactor = 80);

-- Adds a batch. Slots, speeds and payers name their offer by its place in `p_names`; names come sorted, and the rows of offers
-- are locked in the order of their ids before anything is added, so two batches cannot wait for each other.
CREATE FUNCTION offer_health_add(p_instance integer, p_batch integer, p_on date, p_names text[], p_successes integer[],
  p_first_success timestamptz[], p_modes text[], p_outage_until timestamptz[], p_proof_needed smallint[], p_relapses smallint[],
  p_returned timestamptz[], p_since timestamptz[], p_payer_offers integer[], p_payers double precision[],
  p_slot_offers integer[], p_slots integer[], p_succeeded integer[], p_failed integer[],
  p_speed_offers integer[], p_speed_slots integer[], p_kinds text[], p_buckets smallint[], p_counts integer[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_ids integer[];
  v_now timestamptz;
BEGIN
  INSERT INTO offer_health_writers AS w (instance_id, batch, written_on) VALUES (p_instance, p_batch, p_on)
    ON CONFLICT (instance_id) DO UPDATE SET batch = excluded.batch, written_on = excluded.written_on WHERE w.batch < excluded.batch;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- Looked for first: a conflict would use up a number each time.
  INSERT INTO offer_health (name, seen_on, changed_at)
    SELECT t.name, p_on, now() FROM unnest(p_names) WITH ORDINALITY t(name, n)
    WHERE NOT EXISTS (SELECT FROM offer_health h WHERE h.name = t.name) ORDER BY t.n
    ON CONFLICT (name) DO NOTHING;
  v_ids := ARRAY(SELECT h.id FROM unnest(p_names) WITH ORDINALITY t(name, n) JOIN offer_health h ON h.name = t.name ORDER BY t.n);
  PERFORM FROM offer_health WHERE id = ANY (v_ids) ORDER BY id FOR UPDATE;
  v_now := clock_timestamp();
  UPDATE offer_health h SET seen_on = greatest(h.seen_on, p_on), changed_at = v_now,
      successes = least(h.successes::bigint + t.successes, 1000000000), first_success_at = least(h.first_success_at, t.first_success)
    FROM unnest(v_ids, p_successes, p_first_success) t(id, successes, first_success) WHERE h.id = t.id;
  UPDATE offer_health h SET mode = t.mode, outage_until = t.outage_until, proof_needed = t.proof_needed, relapses = t.relapses,
      returned_at = t.returned, stands_since = t.since
    FROM unnest(v_ids, p_modes, p_outage_until, p_proof_needed, p_relapses, p_returned, p_since)
      t(id, mode, outage_until, proof_needed, relapses, returned, since)
    WHERE h.id = t.id AND t.mode IS NOT NULL AND t.since > coalesce(h.stands_since, '-infinity');
  UPDATE offer_health h SET payers = ARRAY(SELECT DISTINCT p FROM unnest(h.payers || t.payers) p ORDER BY p LIMIT 5)
    FROM (SELECT v_ids[p.offer] AS id, array_agg(p.payer) AS payers
      FROM unnest(p_payer_offers, p_payers) p(offer, payer) GROUP BY p.offer) t
    WHERE h.id = t.id AND cardinality(h.payers) < 5;
  INSERT INTO offer_health_slots AS s (offer_id, slot, succeeded, failed, changed_at)
    SELECT v_ids[t.offer], t.slot, t.succeeded, t.failed, v_now
    FROM unnest(p_slot_offers, p_slots, p_succeeded, p_failed) t(offer, slot, succeeded, failed)
    ON CONFLICT (offer_id, slot) DO UPDATE SET succeeded = s.succeeded + excluded.succeeded, failed = s.failed + excluded.failed,
      changed_at = excluded.changed_at;
  INSERT INTO offer_health_speeds AS s (offer_id, slot, kind, bucket, count, changed_at)
    SELECT v_ids[t.offer], t.slot, t.kind, t.bucket, t.count, v_now
    FROM unnest(p_speed_offers, p_speed_slots, p_kinds, p_buckets, p_counts) t(offer, slot, kind, bucket, count)
    ON CONFLICT (offer_id, slot, kind, bucket) DO UPDATE SET count = s.count + excluded.count, changed_at = excluded.changed_at;
END $$;
