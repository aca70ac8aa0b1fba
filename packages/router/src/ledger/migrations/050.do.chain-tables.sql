-- The money path: what is seen of the chain and posted, what is on its way to it, and who does that among all instances.
-- Amounts of the chain are micro-USDC, as the program has them; everything else stays nano-USDC.

-- Work that one instance does for all. Whoever begins raises the fence: what its forerunner still writes is refused.
CREATE TABLE leaders (
  job text PRIMARY KEY,
  fence bigint NOT NULL,
  instance_id integer NOT NULL,
  since timestamptz NOT NULL
);

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

-- What is posted of each user's escrow, for the time since it was opened last.
CREATE TABLE escrows (
  user_id integer PRIMARY KEY REFERENCES users,
  opened_slot bigint NOT NULL DEFAULT 0, -- 0 while there is none
  seen_slot bigint NOT NULL DEFAULT 0, -- what is older says nothing new
  deposited bigint NOT NULL DEFAULT 0 CHECK (deposited >= 0),
  settled bigint NOT NULL DEFAULT 0 CHECK (settled >= 0),
  withdrawn bigint NOT NULL DEFAULT 0 CHECK (withdrawn >= 0),
  settle_seq bigint NOT NULL DEFAULT 0,
  next_seq bigint NOT NULL DEFAULT 0, -- the last number an entry was given
  withdraw_seq bigint NOT NULL DEFAULT 0,
  is_urgent boolean NOT NULL DEFAULT false, -- leaves, or allows less soon: what it owes is settled at once
  exit_due_at timestamptz,
  CHECK (next_seq >= settle_seq)
) WITH (fillfactor = 70);

-- The same of each provider's account; `earned` is what entries and adoptions brought in.
CREATE TABLE provider_accounts (
  provider_id integer PRIMARY KEY REFERENCES providers,
  seen_slot bigint NOT NULL DEFAULT 0,
  opened_slot bigint NOT NULL DEFAULT 0, -- 0 while it is not registered
  earned bigint NOT NULL DEFAULT 0 CHECK (earned >= 0),
  earned_slot bigint NOT NULL DEFAULT 0, -- the newest slot of which an entry was posted: what is older has less
  withdrawn bigint NOT NULL DEFAULT 0 CHECK (withdrawn >= 0),
  withdraw_seq bigint NOT NULL DEFAULT 0,
  exit_due_at timestamptz
) WITH (fillfactor = 70);

-- The same of the router's own: where its config was seen last, and the newest slot of which a fee was posted.
ALTER TABLE router_accounts ADD COLUMN seen_slot bigint NOT NULL DEFAULT 0, ADD COLUMN settled_slot bigint NOT NULL DEFAULT 0;

-- Part of a payable that is on its way, what of it was written off when its user left, and since when the rest waits.
ALTER TABLE payables ADD COLUMN in_flight bigint NOT NULL DEFAULT 0;
ALTER TABLE payables ADD COLUMN written_off bigint NOT NULL DEFAULT 0;
ALTER TABLE payables ADD CONSTRAINT what_flies_is_part_of_a_payable
  CHECK (least(written_off, in_flight - written_off, amount - in_flight + written_off) >= 0);
ALTER TABLE payables ADD COLUMN since timestamptz;
ALTER TABLE payables ADD COLUMN receipts_from uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';

-- A settlement batch. queued: to be signed; signed: its bytes are here; sent: a node has had them; landed: all is posted;
-- split: its entries are in other batches now. `expired` and `failed` batches are queued again, with the same entries.
CREATE TABLE settle_batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the batch_id on chain
  ref uuid NOT NULL UNIQUE, -- what the journal calls it
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'signed', 'sent', 'landed', 'split')),
  queued_at timestamptz NOT NULL,
  not_before timestamptz NOT NULL DEFAULT 'epoch',
  root bytea CHECK (octet_length(root) = 32),
  signature text,
  wire text, -- base64
  last_valid_height bigint,
  attempts integer NOT NULL DEFAULT 0,
  failure text, -- why the last attempt did not land
  landed_slot bigint,
  ended_at timestamptz,
  CHECK (state NOT IN ('signed', 'sent') OR (signature IS NOT NULL AND wire IS NOT NULL AND last_valid_height IS NOT NULL AND root IS NOT NULL))
);
CREATE INDEX settle_batches_open ON settle_batches (id) WHERE state IN ('queued', 'signed', 'sent');

-- What goes under one number of an escrow. It never changes but for its batch.
CREATE TABLE settle_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  batch_id bigint NOT NULL REFERENCES settle_batches,
  user_id integer NOT NULL REFERENCES users,
  opened_slot bigint NOT NULL,
  seq bigint NOT NULL,
  provider_id integer NOT NULL REFERENCES providers,
  amount bigint NOT NULL CHECK (amount > 0),
  cut integer NOT NULL, -- stands for the generations of this cut
  receipts_from uuid NOT NULL, -- which are no older than this, but for late ones
  has_receipts boolean NOT NULL DEFAULT false, -- whether all of them have their leaves
  logged_applied bigint, -- as the confirmed transaction logged it
  logged_fee bigint,
  applied bigint, -- as posted
  fee bigint,
  posted_at timestamptz,
  UNIQUE (user_id, opened_slot, seq),
  UNIQUE (user_id, provider_id, cut),
  CHECK ((posted_at IS NULL) = (applied IS NULL) AND (applied IS NULL) = (fee IS NULL)),
  CHECK (applied BETWEEN 0 AND amount AND fee BETWEEN 0 AND applied),
  CHECK ((logged_applied IS NULL) = (logged_fee IS NULL)),
  CHECK (logged_applied BETWEEN 0 AND amount AND logged_fee BETWEEN 0 AND logged_applied)
);
CREATE INDEX settle_entries_batch ON settle_entries (batch_id);
CREATE INDEX settle_entries_waiting ON settle_entries (user_id) WHERE posted_at IS NULL;
CREATE INDEX settle_entries_provider_waiting ON settle_entries (provider_id) WHERE posted_at IS NULL;
CREATE FUNCTION settle_entry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entry % of user % is for good: never other amounts under the same number', OLD.seq, OLD.user_id;
END $$;
CREATE TRIGGER settle_entries_never_change BEFORE UPDATE OF user_id, opened_slot, seq, provider_id, amount, cut OR DELETE ON settle_entries
  FOR EACH ROW EXECUTE FUNCTION settle_entry_refuse_change();

-- The leaves of batches' roots, in the order of entry and generation.
CREATE TABLE receipts (
  generation_id uuid PRIMARY KEY,
  day date NOT NULL,
  entry_id bigint NOT NULL REFERENCES settle_entries,
  leaf bytea NOT NULL CHECK (octet_length(leaf) = 32)
);
CREATE INDEX receipts_entry ON receipts (entry_id, generation_id);
CREATE INDEX receipts_day ON receipts (day);

-- Withdrawals with two signatures. One open at a time for each account.
CREATE TABLE withdrawals (
  id uuid PRIMARY KEY,
  party text NOT NULL CHECK (party IN ('user', 'provider')),
  wallet_id integer NOT NULL REFERENCES wallets,
  amount bigint NOT NULL CHECK (amount > 0), -- micro-USDC
  held bigint NOT NULL CHECK (held >= 0), -- nano-USDC that wait in `withdrawing` for it
  destination bytea CHECK (octet_length(destination) = 32), -- a token account; null for the one that is pinned or associated
  opened_slot bigint NOT NULL,
  withdraw_seq bigint NOT NULL,
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'router-signed', 'submitted', 'confirmed', 'expired')),
  wire text, -- base64, with the router's signature; with the owner's too once it was handed in
  signature text,
  last_valid_height bigint,
  failure text,
  requested_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK ((state IN ('confirmed', 'expired')) = (ended_at IS NOT NULL)),
  CHECK (ended_at IS NULL OR held = 0),
  CHECK (state NOT IN ('router-signed', 'submitted') OR (wire IS NOT NULL AND last_valid_height IS NOT NULL))
);
CREATE UNIQUE INDEX withdrawals_open ON withdrawals (party, wallet_id) WHERE ended_at IS NULL;
CREATE INDEX withdrawals_wallet ON withdrawals (wallet_id, id);

-- What the chain did that nobody here asked for: a ledger that was lost, or a key that somebody else has.
CREATE TABLE chain_surprises (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  slot bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('settled elsewhere', 'earned elsewhere', 'earned less', 'fees from elsewhere', 'log differs')),
  user_id integer,
  provider_id integer,
  amount bigint NOT NULL -- micro-USDC
);

-- Roots of what users have, hour by hour: with the leaves, so that everybody can be given a proof of his own.
CREATE TABLE liability_roots (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  total bigint NOT NULL CHECK (total >= 0), -- nano-USDC
  users integer NOT NULL,
  slot bigint NOT NULL,
  vault_amount bigint NOT NULL, -- micro-USDC in the vault at that slot
  owed_users bigint NOT NULL, -- micro-USDC that the program's config says it owes to users
  owed_providers bigint NOT NULL,
  owed_fees bigint NOT NULL
);
CREATE TABLE liability_leaves (
  root_id bigint NOT NULL REFERENCES liability_roots ON DELETE CASCADE,
  place integer NOT NULL,
  user_id integer NOT NULL,
  balance bigint NOT NULL CHECK (balance >= 0),
  salt bytea NOT NULL CHECK (octet_length(salt) = 16),
  PRIMARY KEY (root_id, place)
);
CREATE INDEX liability_leaves_user ON liability_leaves (user_id, root_id);

-- What came in without an event of this ledger: the vault has it, so somebody is owed it.
INSERT INTO journal_events (event, name) VALUES (21, 'adopted earnings'), (22, 'adopted fees');
INSERT INTO journal_legs (event, account, part, sign) VALUES
  (21, 'vault', 'amount', 1), (21, 'provider:claimable', 'amount', 1),
  (22, 'vault', 'amount', 1), (22, 'fees', 'amount', 1);
