-- A whole batch, set by set. The common case touches each table once; what is special goes row by row behind it.
-- Plans are made once for a connection, maybe while the tables are empty: only nested loops stay right, row by row of the
-- batch by the primary key. A hash or merge join reads a whole index, and all that is dead in it, for every batch.

-- Ends open locks: charges what is owed and gives back the rest, to the balances of their users and the windows of their keys;
-- and corrects what the rate limits had counted. Returns a code for each, null where all are 0, and what was charged, null where
-- it is what was asked for. kind 0: released; 1: released, but there is a generation to show; 2: charged; 3: expired.
CREATE FUNCTION ledger_end_locks(p_now timestamptz, c_id uuid[], c_user integer[], c_kind smallint[], c_amount bigint[],
  c_provider integer[], c_model integer[], c_prompt integer[], c_completion integer[], OUT codes smallint[], OUT costs bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  e_count integer;
  e_differs boolean;
  e_n integer[];
  e_charged bigint[];
  i integer;
  late record;
BEGIN
  WITH ended AS (
    UPDATE locks l SET
      state = CASE c.kind WHEN 2 THEN 'c' WHEN 3 THEN 'x' ELSE 'r' END,
      charged = CASE WHEN c.kind = 2 THEN least(c.amount, l.ceiling) END,
      ended_at = p_now, provider_id = coalesce(c.provider, l.provider_id), model_id = coalesce(c.model, l.model_id)
    FROM unnest(c_id, c_user, c_kind, c_amount, c_provider, c_model, c_prompt, c_completion)
      WITH ORDINALITY c(id, user_id, kind, amount, provider, model, prompt, completion, n)
    WHERE l.id = c.id AND l.user_id = c.user_id AND l.ended_at IS NULL -- open; by `state` the index of deadlines would be read whole
    RETURNING c.n::integer AS n, l.id, l.user_id, l.key_id, l.parent_id, l.ceiling, coalesce(l.charged, 0) AS charged,
      l.provider_id, l.key_window, l.rate_minute, l.tokens - CASE WHEN c.kind = 2 THEN c.prompt + c.completion ELSE 0 END AS tokens,
      c.kind, c.amount
  ), given_back_to_keys AS (
    UPDATE keys k SET running = k.running - d.n, window_spent = k.window_spent - d.back,
      rate_tokens = greatest(0, k.rate_tokens - d.tokens)
    FROM (
      SELECT own.id, count(*) FILTER (WHERE r.is_own)::integer AS n,
        coalesce(sum(r.back) FILTER (WHERE r.key_window = own.limit_window), 0)::bigint AS back,
        coalesce(sum(r.tokens) FILTER (WHERE r.is_own AND r.rate_minute = own.rate_minute), 0) AS tokens
      FROM (
        SELECT key_id, ceiling - charged AS back, key_window, rate_minute, tokens, true AS is_own FROM ended
        UNION ALL
        SELECT parent_id, ceiling - charged, DATE '1970-01-01', rate_minute, tokens, false FROM ended WHERE parent_id IS NOT NULL
      ) r JOIN keys own ON own.id = r.key_id
      GROUP BY own.id
    ) d WHERE k.id = d.id
  ), given_back_to_users AS (
    UPDATE users u SET locked = u.locked - d.ceiling, available = u.available + d.ceiling - d.charged,
      payable = u.payable + d.charged, running = u.running - d.n, rate_tokens = greatest(0, u.rate_tokens - d.tokens)
    FROM (
      SELECT own.id, count(*)::integer AS n, sum(e.ceiling)::bigint AS ceiling, sum(e.charged)::bigint AS charged,
        coalesce(sum(e.tokens) FILTER (WHERE e.rate_minute = own.rate_minute), 0) AS tokens
      FROM ended e JOIN users own ON own.id = e.user_id
      GROUP BY own.id
    ) d WHERE u.id = d.id
  ), owed AS (
    INSERT INTO payables AS a (user_id, provider_id, amount)
      SELECT user_id, provider_id, sum(charged)::bigint FROM ended WHERE charged > 0 GROUP BY 1, 2
      ON CONFLICT (user_id, provider_id) DO UPDATE SET amount = a.amount + excluded.amount
  ), entered AS (
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount, rest)
      SELECT p_now, CASE WHEN charged > 0 THEN 3 WHEN kind = 3 THEN 5 ELSE 4 END, id, user_id,
        CASE WHEN charged > 0 THEN provider_id END, CASE WHEN charged > 0 THEN charged ELSE ceiling END,
        CASE WHEN charged > 0 THEN ceiling - charged ELSE 0 END
      FROM ended WHERE ceiling > 0
  )
  SELECT count(*), bool_or(kind = 2 AND charged <> amount), array_agg(n), array_agg(charged)
    INTO e_count, e_differs, e_n, e_charged FROM ended;

  -- What was charged, where it is not what was asked for everywhere: a charge never exceeds its lock.
  IF e_count < cardinality(c_id) OR e_differs THEN
    costs := c_amount;
    FOR i IN 1 .. e_count LOOP costs[e_n[i]] := e_charged[i]; END LOOP;
  END IF;
  IF e_count < cardinality(c_id) THEN
    codes := array_fill(0::smallint, ARRAY[cardinality(c_id)]);
    FOR i IN SELECT t FROM generate_subscripts(c_id, 1) t WHERE e_n IS NULL OR NOT t = ANY (e_n) ORDER BY t LOOP
      SELECT * INTO late FROM ledger_charge_late(p_now, c_id[i], c_user[i], c_kind[i], c_amount[i], c_provider[i], c_model[i]);
      codes[i] := late.code;
      costs[i] := CASE WHEN late.code = 2 THEN late.taken ELSE (SELECT charged FROM locks WHERE id = c_id[i]) END;
    END LOOP;
  END IF;
END $$;

-- Ends locks, and writes the rows and the day's sums of answered requests; what they owe is in their payables by then.
CREATE FUNCTION ledger_post_charges(p_now timestamptz, c_id uuid[], c_day date[], c_user integer[], c_kind smallint[],
  c_amount bigint[], c_provider integer[], c_model integer[], c_price integer[], c_prompt integer[], c_completion integer[],
  c_cached integer[], c_reasoning integer[], c_first_ms integer[], c_duration_ms integer[], c_images smallint[],
  c_flags smallint[], c_finish text[], c_app integer[], c_unpaid text[], c_unpaid_amount bigint[], OUT codes smallint[],
  OUT costs bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  ends record;
BEGIN
  ends := ledger_end_locks(p_now, c_id, c_user, c_kind, c_amount, c_provider, c_model, c_prompt, c_completion);
  codes := ends.codes;
  costs := ends.costs;
  WITH shown AS (
    SELECT c.*, l.key_id, coalesce(l.charged, 0) AS cost
    FROM unnest(c_id, c_day, c_user, c_kind, c_provider, c_model, c_price, c_prompt, c_completion, c_cached, c_reasoning, c_first_ms,
        c_duration_ms, c_images, c_flags, c_finish, c_app)
      WITH ORDINALITY c(id, day, user_id, kind, provider_id, model_id, price_id, prompt, completion, cached, reasoning, first_ms,
        duration_ms, images, flags, finish, app_id, n)
      JOIN locks l ON l.id = c.id
    WHERE c.kind > 0 AND (codes IS NULL OR codes[c.n] IN (0, 2))
  ), kept AS (
    INSERT INTO generations (id, day, user_id, key_id, provider_id, model_id, price_id, cost, prompt_tokens, completion_tokens,
        cached_tokens, reasoning_tokens, first_output_ms, duration_ms, image_count, flags, finish_reason, app_id, cut)
      SELECT s.id, s.day, s.user_id, s.key_id, s.provider_id, s.model_id, s.price_id, s.cost, s.prompt, s.completion, s.cached,
        s.reasoning, s.first_ms, s.duration_ms, s.images, s.flags, s.finish, s.app_id, a.cuts
      FROM shown s LEFT JOIN payables a ON a.user_id = s.user_id AND a.provider_id = s.provider_id
  )
  INSERT INTO usage_daily AS d (user_id, day, key_id, model_id, provider_id, requests, prompt_tokens, completion_tokens,
      reasoning_tokens, cached_tokens, cost, app_id)
    SELECT user_id, day, key_id, model_id, provider_id, count(*), sum(prompt), sum(completion), sum(reasoning), sum(cached),
      sum(cost), app_id
    FROM shown GROUP BY user_id, day, key_id, model_id, provider_id, app_id
    ON CONFLICT (user_id, day, key_id, model_id, provider_id, app_id) DO UPDATE SET
      requests = d.requests + excluded.requests, prompt_tokens = d.prompt_tokens + excluded.prompt_tokens,
      completion_tokens = d.completion_tokens + excluded.completion_tokens,
      reasoning_tokens = d.reasoning_tokens + excluded.reasoning_tokens,
      cached_tokens = d.cached_tokens + excluded.cached_tokens, cost = d.cost + excluded.cost;
  IF cardinality(array_remove(c_unpaid, NULL)) > 0 THEN
    INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
      SELECT c_id[t.n], t.reason, c_provider[t.n], c_user[t.n], c_model[t.n], c_unpaid_amount[t.n], p_now
      FROM unnest(c_unpaid) WITH ORDINALITY t(reason, n)
      WHERE t.reason IS NOT NULL AND (codes IS NULL OR codes[t.n] IN (0, 2))
      ON CONFLICT DO NOTHING;
  END IF;
END $$;

-- Takes locks. Whole users whose requests all fit are taken at once; the others request by request, in the order they came.
CREATE FUNCTION ledger_post_locks(p_now timestamptz, p_instance integer, p_careful boolean, p_rates bigint[], l_id uuid[],
  l_user integer[], l_key integer[], l_provider integer[], l_model integer[], l_price integer[], l_full bigint[],
  l_least bigint[], l_tokens integer[], l_deadline timestamptz[], l_prompt_max integer[], l_output_max integer[],
  l_images smallint[], l_stream boolean[], l_idempotency bytea[], l_body bytea[],
  OUT codes smallint[], OUT granted bigint[], OUT d1 bigint[], OUT d2 bigint[], OUT ats timestamptz[], OUT others uuid[],
  OUT rate_keys integer[], OUT rate_requests bigint[], OUT rate_tokens bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  n integer := cardinality(l_id);
  minute bigint := floor(extract(epoch FROM p_now) / 60);
  slow integer[];
  i integer;
  one record;
BEGIN
  IF p_careful THEN
    SELECT array_agg(DISTINCT user_id) INTO slow FROM unnest(l_user) t(user_id);
  ELSE
    SELECT array_agg(s.user_id) INTO slow FROM (
      SELECT c.user_id, sum(c.amount) AS amount, sum(c.n) AS n, sum(c.tokens) AS tokens, sum(c.claims) AS claims,
        bool_and((ledger_key_fault(k, p_now) = 0
          AND k.allowed_models IS NULL AND k.parent_id IS NULL
          AND coalesce(ledger_key_left(k, p_now) >= c.amount, true)
          AND CASE WHEN k.rate_minute >= minute THEN k.rate_requests ELSE 0 END + c.n <= p_rates[1]
          AND CASE WHEN k.rate_minute >= minute THEN k.rate_tokens ELSE 0 END + c.tokens <= p_rates[2]
          AND k.running + c.n <= p_rates[5]) IS TRUE) AS keys_let_in
      FROM (
        SELECT user_id, key_id, sum(amount) AS amount, count(*) AS n, sum(tokens) AS tokens, count(idempotency) AS claims
        FROM unnest(l_user, l_key, l_full, l_tokens, l_idempotency) t(user_id, key_id, amount, tokens, idempotency)
        GROUP BY user_id, key_id
      ) c LEFT JOIN keys k ON k.id = c.key_id AND k.user_id = c.user_id
      GROUP BY c.user_id
    ) s LEFT JOIN users u ON u.id = s.user_id
    WHERE NOT s.keys_let_in OR s.claims > 0 OR (
      (s.amount = 0 OR ledger_lockable(u, p_now) >= s.amount AND NOT (SELECT is_paused FROM router_accounts))
      AND CASE WHEN u.rate_minute >= minute THEN u.rate_requests ELSE 0 END + s.n <= p_rates[3]
      AND CASE WHEN u.rate_minute >= minute THEN u.rate_tokens ELSE 0 END + s.tokens <= p_rates[4]
      AND u.running + s.n <= p_rates[6]) IS NOT TRUE;
  END IF;

  IF slow IS NULL OR EXISTS (SELECT FROM unnest(l_user) t(user_id) WHERE NOT user_id = ANY (slow)) THEN
    WITH let_in AS (
      SELECT * FROM unnest(l_id, l_user, l_key, l_provider, l_model, l_price, l_full, l_deadline, l_tokens, l_prompt_max,
          l_output_max, l_images, l_stream)
        t(id, user_id, key_id, provider_id, model_id, price_id, amount, deadline, tokens, prompt_max, output_max, images, stream)
      WHERE slow IS NULL OR NOT user_id = ANY (slow)
    ), made AS (
      INSERT INTO locks (id, user_id, key_id, instance_id, provider_id, model_id, price_id, ceiling, deadline, key_window,
          rate_minute, tokens, prompt_tokens_max, output_tokens_max, image_count, is_stream)
        SELECT t.id, t.user_id, t.key_id, p_instance, t.provider_id, t.model_id, t.price_id, t.amount, t.deadline,
          ledger_key_window(k, p_now), greatest(k.rate_minute, minute), t.tokens, t.prompt_max, t.output_max, t.images, t.stream
        FROM let_in t JOIN keys k ON k.id = t.key_id
    ), entered AS (
      INSERT INTO journal (at, event, ref, user_id, amount) SELECT p_now, 2, id, user_id, amount FROM let_in WHERE amount > 0
    ), held AS (
      UPDATE users u SET available = u.available - s.amount, locked = u.locked + s.amount, running = u.running + s.n,
        rate_requests = CASE WHEN u.rate_minute >= minute THEN u.rate_requests ELSE 0 END + s.n,
        rate_tokens = CASE WHEN u.rate_minute >= minute THEN u.rate_tokens ELSE 0 END + s.tokens,
        rate_minute = greatest(u.rate_minute, minute)
      FROM (SELECT user_id, sum(amount)::bigint AS amount, count(*)::integer AS n, sum(tokens) AS tokens FROM let_in
            GROUP BY user_id) s
      WHERE u.id = s.user_id
    ), used AS (
      UPDATE keys k SET running = k.running + s.n, last_used_at = p_now,
        window_spent = s.amount + CASE WHEN k.limit_window = ledger_key_window(k, p_now) THEN k.window_spent ELSE 0 END,
        limit_window = ledger_key_window(k, p_now),
        rate_requests = CASE WHEN k.rate_minute >= minute THEN k.rate_requests ELSE 0 END + s.n,
        rate_tokens = CASE WHEN k.rate_minute >= minute THEN k.rate_tokens ELSE 0 END + s.tokens,
        rate_minute = greatest(k.rate_minute, minute)
      FROM (SELECT key_id, sum(amount)::bigint AS amount, count(*)::integer AS n, sum(tokens) AS tokens FROM let_in
            GROUP BY key_id) s
      WHERE k.id = s.key_id
      RETURNING k.id, k.rate_requests, k.rate_tokens
    )
    SELECT array_agg(id), array_agg(used.rate_requests), array_agg(used.rate_tokens)
      INTO rate_keys, rate_requests, rate_tokens FROM used;
  END IF;

  IF slow IS NOT NULL THEN
    codes := array_fill(0::smallint, ARRAY[n]);
    granted := l_full;
    d1 := array_fill(NULL::bigint, ARRAY[n]);
    d2 := d1;
    ats := array_fill(NULL::timestamptz, ARRAY[n]);
    others := array_fill(NULL::uuid, ARRAY[n]);
    FOR i IN SELECT t.n FROM unnest(l_user) WITH ORDINALITY t(user_id, n) WHERE t.user_id = ANY (slow) ORDER BY t.n LOOP
      SELECT * INTO one FROM ledger_lock_one(p_now, p_instance, p_rates, l_id[i], l_user[i], l_key[i], l_provider[i], l_model[i],
        l_price[i], l_full[i], l_least[i], l_tokens[i], l_deadline[i], l_prompt_max[i], l_output_max[i], l_images[i], l_stream[i],
        l_idempotency[i], l_body[i]);
      codes[i] := one.code; granted[i] := one.granted; d1[i] := one.d1; d2[i] := one.d2; ats[i] := one.at; others[i] := one.other;
    END LOOP;
    SELECT array_agg(k.id), array_agg(k.rate_requests), array_agg(k.rate_tokens) INTO rate_keys, rate_requests, rate_tokens
      FROM keys k WHERE k.id = ANY (l_key);
  END IF;
END $$;

-- Locks the rows of all users of a batch once, in the order every batch takes: no two batches wait for each other in a ring.
-- Not against rows that only name a user, such as a new key's.
CREATE FUNCTION ledger_hold_users(p_users integer[]) RETURNS void LANGUAGE sql
SET enable_seqscan = off SET jit = off AS $$
  SELECT count(*) FROM (SELECT 1 FROM users WHERE id = ANY (p_users) ORDER BY id FOR NO KEY UPDATE) held;
$$;

-- Ends open locks as expired: gives back what they hold; their users' rows are locked by the caller. Returns how many.
CREATE FUNCTION ledger_end_expired(p_now timestamptz, p_id uuid[]) RETURNS integer LANGUAGE plpgsql SET jit = off AS $$
DECLARE
  open_id uuid[]; open_user integer[];
BEGIN
  SELECT array_agg(id), array_agg(user_id) INTO open_id, open_user FROM locks WHERE id = ANY (p_id) AND state = 'o';
  IF open_id IS NULL THEN RETURN 0; END IF;
  PERFORM ledger_end_locks(p_now, open_id, open_user, array_fill(3::smallint, ARRAY[cardinality(open_id)]), NULL, NULL, NULL, NULL, NULL);
  INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
    SELECT id, 'router_ended', provider_id, user_id, model_id, 0, p_now FROM locks WHERE id = ANY (open_id) AND delivered_bytes > 0
    ON CONFLICT DO NOTHING;
  RETURN cardinality(open_id);
END $$;

-- Gives back what locks hold whose deadline has passed; at most `p_max`. One sweeper at a time among all instances: it leads
-- for the length of its transaction, so one that was thought dead cannot write later.
CREATE FUNCTION ledger_expire(p_now timestamptz, p_max integer) RETURNS integer LANGUAGE plpgsql SET jit = off AS $$
DECLARE
  due uuid[];
  due_users integer[];
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('aimo sweeper')) THEN RETURN 0; END IF;
  SELECT array_agg(id), array_agg(user_id) INTO due, due_users FROM (
    SELECT id, user_id FROM locks WHERE state = 'o' AND deadline <= p_now ORDER BY deadline LIMIT p_max) t;
  IF due IS NULL THEN RETURN 0; END IF;
  PERFORM ledger_hold_users(due_users);
  RETURN ledger_end_expired(p_now, due);
END $$;

-- A batch: charges first, then locks, so that what a charge gives back may be locked in the same breath.
CREATE FUNCTION ledger_post(p_now timestamptz, p_instance integer, p_careful boolean, p_rates bigint[],
  c_id uuid[], c_day date[], c_user integer[], c_kind smallint[], c_amount bigint[], c_provider integer[], c_model integer[],
  c_price integer[], c_prompt integer[], c_completion integer[], c_cached integer[], c_reasoning integer[], c_first_ms integer[],
  c_duration_ms integer[], c_images smallint[], c_flags smallint[], c_finish text[], c_app integer[], c_unpaid text[],
  c_unpaid_amount bigint[],
  l_id uuid[], l_user integer[], l_key integer[], l_provider integer[], l_model integer[], l_price integer[], l_full bigint[],
  l_least bigint[], l_tokens integer[], l_deadline timestamptz[], l_prompt_max integer[], l_output_max integer[],
  l_images smallint[], l_stream boolean[], l_idempotency bytea[], l_body bytea[],
  OUT charge_codes smallint[], OUT charge_costs bigint[], OUT lock_codes smallint[], OUT granted bigint[], OUT d1 bigint[],
  OUT d2 bigint[], OUT ats timestamptz[], OUT others uuid[], OUT rate_keys integer[], OUT rate_requests bigint[], OUT rate_tokens bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  charged record;
  taken record;
BEGIN
  PERFORM FROM users WHERE id = ANY (c_user || l_user) ORDER BY id FOR NO KEY UPDATE; -- as ledger_hold_users does; here the plan is kept
  IF cardinality(c_id) > 0 THEN
    charged := ledger_post_charges(p_now, c_id, c_day, c_user, c_kind, c_amount, c_provider, c_model, c_price, c_prompt,
      c_completion, c_cached, c_reasoning, c_first_ms, c_duration_ms, c_images, c_flags, c_finish, c_app, c_unpaid, c_unpaid_amount);
    charge_codes := charged.codes;
    charge_costs := charged.costs;
  END IF;
  IF cardinality(l_id) > 0 THEN
    taken := ledger_post_locks(p_now, p_instance, p_careful, p_rates, l_id, l_user, l_key, l_provider, l_model, l_price, l_full,
      l_least, l_tokens, l_deadline, l_prompt_max, l_output_max, l_images, l_stream, l_idempotency, l_body);
    lock_codes := taken.codes; granted := taken.granted; d1 := taken.d1; d2 := taken.d2; ats := taken.ats; others := taken.others;
    rate_keys := taken.rate_keys; rate_requests := taken.rate_requests; rate_tokens := taken.rate_tokens;
  END IF;
END $$;
