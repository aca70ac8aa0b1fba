-- A whole batch, set by set. The common case touches each table once; what is special goes row by row behind it.
-- Plans are made once for a connection, maybe while the tables are empty: only nested loops stay right, row by row of the
-- batch by the primary key. A hash or merge join reads a whole index, and all that is dead in it, for every batch.

-- Ends open locks: charges what is owed and gives back the rest. Returns a code for each charge, null where all are 0.
CREATE FUNCTION ledger_post_charges(p_now timestamptz, c_id uuid[], c_day date[], c_user integer[], c_kind smallint[],
  c_amount bigint[], c_provider integer[], c_model integer[], c_price integer[], c_prompt integer[], c_completion integer[],
  c_cached integer[], c_reasoning integer[], c_first_ms integer[], c_duration_ms integer[], c_images smallint[],
  c_flags smallint[], c_finish text[], c_app integer[], c_unpaid text[], c_unpaid_amount bigint[], OUT codes smallint[],
  OUT costs bigint[])
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
  SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  n integer := cardinality(c_id);
  e_n integer[]; e_id uuid[]; e_user integer[]; e_key integer[]; e_parent integer[]; e_ceiling bigint[]; e_charged bigint[];
  e_window date[]; e_minute integer[]; e_back bigint[]; e_tokens bigint[]; e_kind smallint[];
  g integer[];
  i integer;
  late record;
BEGIN
  -- kind 0: released; 1: released, but there is a generation to show; 2: charged
  WITH ended AS (
    UPDATE locks l SET
      state = CASE WHEN c.kind = 2 THEN 'c' ELSE 'r' END,
      charged = CASE WHEN c.kind = 2 THEN least(c.amount, l.ceiling) END,
      ended_at = p_now, provider_id = c.provider, model_id = c.model
    FROM unnest(c_id, c_user, c_kind, c_amount, c_provider, c_model, c_prompt, c_completion)
      WITH ORDINALITY c(id, user_id, kind, amount, provider, model, prompt, completion, n)
    WHERE l.id = c.id AND l.user_id = c.user_id AND l.ended_at IS NULL -- open; by `state` the index of deadlines would be read whole
    RETURNING c.n, l.id, l.user_id, l.key_id, l.parent_id, l.ceiling, coalesce(l.charged, 0) AS charged, l.key_window,
      l.rate_minute, l.tokens - CASE WHEN c.kind = 2 THEN c.prompt + c.completion ELSE 0 END AS tokens, c.kind
  )
  SELECT array_agg(ended.n::integer), array_agg(id), array_agg(user_id), array_agg(key_id), array_agg(parent_id), array_agg(ceiling),
    array_agg(charged), array_agg(key_window), array_agg(rate_minute), array_agg(ceiling - charged), array_agg(tokens::bigint),
    array_agg(kind)
  INTO e_n, e_id, e_user, e_key, e_parent, e_ceiling, e_charged, e_window, e_minute, e_back, e_tokens, e_kind FROM ended;

  IF e_n IS NOT NULL THEN
    PERFORM ledger_give_back(e_user, e_key, e_parent, e_ceiling, e_back, e_window, e_minute, e_tokens);
    INSERT INTO payables AS a (user_id, provider_id, amount)
      SELECT t.user_id, c_provider[t.n], sum(t.charged)::bigint FROM unnest(e_user, e_n, e_charged) t(user_id, n, charged)
      WHERE t.charged > 0 GROUP BY 1, 2
      ON CONFLICT (user_id, provider_id) DO UPDATE SET amount = a.amount + excluded.amount;
    INSERT INTO journal (at, event, ref, user_id, provider_id, amount, rest)
      SELECT p_now, CASE WHEN t.charged > 0 THEN 3 ELSE 4 END, t.id, t.user_id, CASE WHEN t.charged > 0 THEN c_provider[t.n] END,
        CASE WHEN t.charged > 0 THEN t.charged ELSE t.ceiling END, CASE WHEN t.charged > 0 THEN t.ceiling - t.charged ELSE 0 END
      FROM unnest(e_n, e_id, e_user, e_charged, e_ceiling) t(n, id, user_id, charged, ceiling) WHERE t.ceiling > 0;
    PERFORM ledger_record_generations(array_agg(t.id), array_agg(c_day[t.n]), array_agg(t.user_id), array_agg(t.key_id),
      array_agg(c_provider[t.n]), array_agg(c_model[t.n]), array_agg(c_price[t.n]), array_agg(t.charged), array_agg(c_prompt[t.n]),
      array_agg(c_completion[t.n]), array_agg(c_cached[t.n]), array_agg(c_reasoning[t.n]), array_agg(c_first_ms[t.n]),
      array_agg(c_duration_ms[t.n]), array_agg(c_images[t.n]), array_agg(c_flags[t.n]), array_agg(c_finish[t.n]),
      array_agg(c_app[t.n]))
    FROM unnest(e_n, e_id, e_user, e_key, e_charged, e_kind) t(n, id, user_id, key_id, charged, kind) WHERE t.kind > 0
    HAVING count(*) > 0;
  END IF;

  -- What was charged, where it is not what was asked for everywhere: a charge never exceeds its lock.
  IF coalesce(cardinality(e_n), 0) < n OR EXISTS (
    SELECT FROM unnest(e_n, e_charged, e_kind) t(n, charged, kind) WHERE t.kind = 2 AND t.charged <> c_amount[t.n]
  ) THEN
    costs := c_amount;
    FOR i IN 1 .. coalesce(cardinality(e_n), 0) LOOP costs[e_n[i]] := e_charged[i]; END LOOP;
  END IF;

  IF coalesce(cardinality(e_n), 0) < n THEN
    codes := array_fill(0::smallint, ARRAY[n]);
    FOR i IN SELECT t FROM generate_series(1, n) t WHERE e_n IS NULL OR NOT t = ANY (e_n) ORDER BY t LOOP
      SELECT * INTO late FROM ledger_charge_late(p_now, c_id[i], c_user[i], c_kind[i], c_amount[i], c_provider[i], c_model[i]);
      codes[i] := late.code;
      costs[i] := CASE WHEN late.code = 2 THEN late.taken ELSE (SELECT charged FROM locks WHERE id = c_id[i]) END;
      IF late.code = 2 THEN
        PERFORM ledger_record_generations(ARRAY[c_id[i]], ARRAY[c_day[i]], ARRAY[c_user[i]],
          ARRAY[(SELECT key_id FROM locks WHERE id = c_id[i])], ARRAY[c_provider[i]], ARRAY[c_model[i]], ARRAY[c_price[i]],
          ARRAY[late.taken], ARRAY[c_prompt[i]], ARRAY[c_completion[i]], ARRAY[c_cached[i]], ARRAY[c_reasoning[i]],
          ARRAY[c_first_ms[i]], ARRAY[c_duration_ms[i]], ARRAY[c_images[i]], ARRAY[c_flags[i]], ARRAY[c_finish[i]], ARRAY[c_app[i]]);
      END IF;
    END LOOP;
  END IF;

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
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
  SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  n integer := cardinality(l_id);
  minute bigint := floor(extract(epoch FROM p_now) / 60);
  paused boolean := (SELECT is_paused FROM router_accounts);
  slow integer[];
  i integer;
  one record;
BEGIN
  IF p_careful THEN
    SELECT array_agg(DISTINCT user_id) INTO slow FROM unnest(l_user) t(user_id);
  ELSE
    WITH c AS (
      SELECT * FROM unnest(l_user, l_key, l_full, l_tokens, l_idempotency) t(user_id, key_id, amount, tokens, idempotency)
    ), per_user AS (
      SELECT user_id, sum(amount) AS amount, count(*) AS n, sum(tokens) AS tokens, count(idempotency) AS claims FROM c GROUP BY user_id
    ), per_key AS (
      SELECT key_id, user_id, sum(amount) AS amount, count(*) AS n, sum(tokens) AS tokens FROM c GROUP BY key_id, user_id
    )
    SELECT array_agg(DISTINCT user_id) INTO slow FROM (
      SELECT s.user_id FROM per_user s LEFT JOIN users u ON u.id = s.user_id
      WHERE s.claims > 0 OR (s.amount > 0 AND paused) OR (
        (s.amount = 0 OR ledger_lockable(u, p_now) >= s.amount)
        AND CASE WHEN u.rate_minute >= minute THEN u.rate_requests ELSE 0 END + s.n <= p_rates[3]
        AND CASE WHEN u.rate_minute >= minute THEN u.rate_tokens ELSE 0 END + s.tokens <= p_rates[4]
        AND u.running + s.n <= p_rates[6]) IS NOT TRUE
      UNION ALL
      SELECT s.user_id FROM per_key s LEFT JOIN keys k ON k.id = s.key_id AND k.user_id = s.user_id
      WHERE (ledger_key_fault(k, p_now) = 0
        AND k.allowed_models IS NULL AND k.parent_id IS NULL
        AND coalesce(ledger_key_left(k, p_now) >= s.amount, true)
        AND CASE WHEN k.rate_minute >= minute THEN k.rate_requests ELSE 0 END + s.n <= p_rates[1]
        AND CASE WHEN k.rate_minute >= minute THEN k.rate_tokens ELSE 0 END + s.tokens <= p_rates[2]
        AND k.running + s.n <= p_rates[5]) IS NOT TRUE
    ) t;
  END IF;

  IF slow IS NULL OR EXISTS (SELECT FROM unnest(l_user) t(user_id) WHERE NOT user_id = ANY (slow)) THEN
    UPDATE users u SET available = u.available - s.amount, locked = u.locked + s.amount, running = u.running + s.n,
      rate_requests = CASE WHEN u.rate_minute >= minute THEN u.rate_requests ELSE 0 END + s.n,
      rate_tokens = CASE WHEN u.rate_minute >= minute THEN u.rate_tokens ELSE 0 END + s.tokens,
      rate_minute = greatest(u.rate_minute, minute)
    FROM (SELECT user_id, sum(amount)::bigint AS amount, count(*)::integer AS n, sum(tokens)::bigint AS tokens
          FROM unnest(l_user, l_full, l_tokens) t(user_id, amount, tokens)
          WHERE slow IS NULL OR NOT user_id = ANY (slow) GROUP BY user_id) s
    WHERE u.id = s.user_id;
    UPDATE keys k SET running = k.running + s.n, last_used_at = p_now,
      window_spent = s.amount + CASE WHEN k.limit_window = ledger_key_window(k, p_now) THEN k.window_spent ELSE 0 END,
      limit_window = ledger_key_window(k, p_now),
      rate_requests = CASE WHEN k.rate_minute >= minute THEN k.rate_requests ELSE 0 END + s.n,
      rate_tokens = CASE WHEN k.rate_minute >= minute THEN k.rate_tokens ELSE 0 END + s.tokens,
      rate_minute = greatest(k.rate_minute, minute)
    FROM (SELECT key_id, sum(amount)::bigint AS amount, count(*)::integer AS n, sum(tokens)::bigint AS tokens
          FROM unnest(l_user, l_key, l_full, l_tokens) t(user_id, key_id, amount, tokens)
          WHERE slow IS NULL OR NOT user_id = ANY (slow) GROUP BY key_id) s
    WHERE k.id = s.key_id;
    INSERT INTO locks (id, user_id, key_id, instance_id, provider_id, model_id, price_id, ceiling, deadline, key_window,
        rate_minute, tokens, prompt_tokens_max, output_tokens_max, image_count, is_stream)
      SELECT t.id, t.user_id, t.key_id, p_instance, t.provider_id, t.model_id, t.price_id, t.amount, t.deadline, k.limit_window,
        k.rate_minute, t.tokens, t.prompt_max, t.output_max, t.images, t.stream
      FROM unnest(l_id, l_user, l_key, l_provider, l_model, l_price, l_full, l_deadline, l_tokens, l_prompt_max, l_output_max,
          l_images, l_stream)
        t(id, user_id, key_id, provider_id, model_id, price_id, amount, deadline, tokens, prompt_max, output_max, images, stream)
        JOIN keys k ON k.id = t.key_id
      WHERE slow IS NULL OR NOT t.user_id = ANY (slow);
    INSERT INTO journal (at, event, ref, user_id, amount)
      SELECT p_now, 2, id, user_id, amount FROM unnest(l_id, l_user, l_full) t(id, user_id, amount)
      WHERE amount > 0 AND (slow IS NULL OR NOT user_id = ANY (slow));
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
  END IF;
  SELECT array_agg(k.id), array_agg(k.rate_requests), array_agg(k.rate_tokens) INTO rate_keys, rate_requests, rate_tokens
    FROM keys k WHERE k.id = ANY (l_key);
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
  e_id uuid[]; e_user integer[]; e_key integer[]; e_parent integer[]; e_ceiling bigint[]; e_window date[]; e_minute integer[];
  e_tokens bigint[]; e_provider integer[]; e_model integer[]; e_bytes integer[];
BEGIN
  WITH ended AS (
    UPDATE locks SET state = 'x', ended_at = p_now WHERE id = ANY (p_id) AND state = 'o' RETURNING *
  )
  SELECT array_agg(id), array_agg(user_id), array_agg(key_id), array_agg(parent_id), array_agg(ceiling), array_agg(key_window),
    array_agg(rate_minute), array_agg(tokens::bigint), array_agg(provider_id), array_agg(model_id), array_agg(delivered_bytes)
  INTO e_id, e_user, e_key, e_parent, e_ceiling, e_window, e_minute, e_tokens, e_provider, e_model, e_bytes FROM ended;
  IF e_id IS NULL THEN RETURN 0; END IF;
  PERFORM ledger_give_back(e_user, e_key, e_parent, e_ceiling, e_ceiling, e_window, e_minute, e_tokens);
  INSERT INTO journal (at, event, ref, user_id, amount)
    SELECT p_now, 5, id, user_id, ceiling FROM unnest(e_id, e_user, e_ceiling) t(id, user_id, ceiling) WHERE ceiling > 0;
  INSERT INTO uncollected (lock_id, reason, provider_id, user_id, model_id, amount, at)
    SELECT id, 'router_ended', provider_id, user_id, model_id, 0, p_now
    FROM unnest(e_id, e_provider, e_user, e_model, e_bytes) t(id, provider_id, user_id, model_id, bytes) WHERE bytes > 0
    ON CONFLICT DO NOTHING;
  RETURN cardinality(e_id);
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
BEGIN
  PERFORM ledger_hold_users(c_user || l_user);
  IF cardinality(c_id) > 0 THEN
    SELECT t.codes, t.costs INTO charge_codes, charge_costs FROM ledger_post_charges(p_now, c_id, c_day, c_user, c_kind, c_amount,
      c_provider, c_model, c_price, c_prompt, c_completion, c_cached, c_reasoning, c_first_ms, c_duration_ms, c_images, c_flags,
      c_finish, c_app, c_unpaid, c_unpaid_amount) t;
  END IF;
  IF cardinality(l_id) > 0 THEN
    SELECT t.codes, t.granted, t.d1, t.d2, t.ats, t.others, t.rate_keys, t.rate_requests, t.rate_tokens
      INTO lock_codes, granted, d1, d2, ats, others, rate_keys, rate_requests, rate_tokens
      FROM ledger_post_locks(p_now, p_instance, p_careful, p_rates, l_id, l_user, l_key, l_provider, l_model, l_price, l_full,
        l_least, l_tokens, l_deadline, l_prompt_max, l_output_max, l_images, l_stream, l_idempotency, l_body) t;
  END IF;
END $$;
