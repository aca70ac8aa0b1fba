-- The apps that requests name, and which of them many wallets pay for.

-- An app is a site; what it calls itself may change.
CREATE TABLE app_sites (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the app's public number
  url text NOT NULL UNIQUE CHECK (char_length(url) BETWEEN 1 AND 200)
);

CREATE TABLE apps (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- in rows of generations; below 0 there where the app counts in public
  site_id integer NOT NULL REFERENCES app_sites,
  title text NOT NULL CHECK (char_length(title) <= 80), -- empty where it has none
  made_by integer NOT NULL REFERENCES users, -- whose request named it first
  UNIQUE (site_id, title)
);
CREATE INDEX apps_made_by ON apps (made_by);

-- The number of an app, which is given one where its user may still make one: who has never deposited makes none, each user at
-- most `p_own_max`, all together at most `p_all_max`. 0 where it has none.
CREATE FUNCTION app_number(p_user integer, p_url text, p_title text, p_own_max integer, p_all_max integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  found integer := (SELECT a.id FROM app_sites s JOIN apps a ON a.site_id = s.id WHERE s.url = p_url AND a.title = p_title);
  site integer;
BEGIN
  IF found IS NOT NULL THEN RETURN found; END IF;
  IF NOT EXISTS (SELECT FROM users WHERE id = p_user AND has_deposited)
    OR coalesce((SELECT max(id) FROM apps), 0) >= p_all_max
    OR (SELECT count(*) FROM (SELECT FROM apps WHERE made_by = p_user LIMIT p_own_max) own) >= p_own_max
  THEN RETURN 0; END IF;
  INSERT INTO app_sites (url) SELECT p_url WHERE NOT EXISTS (SELECT FROM app_sites WHERE url = p_url) ON CONFLICT DO NOTHING;
  site := (SELECT id FROM app_sites WHERE url = p_url);
  INSERT INTO apps (site_id, title, made_by) VALUES (site, p_title, p_user) ON CONFLICT DO NOTHING;
  RETURN (SELECT id FROM apps WHERE site_id = site AND title = p_title);
END $$;

-- Rankings are made once for each day that is over, of the last 1, 7 and 30 days, and kept as they were shown.
CREATE TABLE app_ranking_days (
  last_day date PRIMARY KEY,
  made_at timestamptz NOT NULL
);
CREATE TABLE app_rankings (
  last_day date NOT NULL REFERENCES app_ranking_days ON DELETE CASCADE,
  days smallint NOT NULL,
  rank smallint NOT NULL,
  site_id integer NOT NULL REFERENCES app_sites,
  title text NOT NULL,
  wallets bigint NOT NULL,
  requests bigint NOT NULL,
  tokens bigint NOT NULL,
  models text[] NOT NULL,
  PRIMARY KEY (last_day, days, rank)
);

-- Two digits of a number and no more: what one more request changed cannot be read from it.
CREATE FUNCTION app_rounded(p_n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT p_n - p_n % (10 ^ greatest(0, length(p_n::text) - 2))::bigint
$$;

-- What a sum of many is shown as: the largest part of it counts for no more than all others together.
CREATE FUNCTION app_shown(p_sum numeric, p_largest numeric) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT app_rounded(least(p_sum, 2 * (p_sum - p_largest))::bigint)
$$;

-- The apps that most wallets paid for. A wallet counts where it paid `p_cost_min` at least; an app, a title and a model are named
-- where `p_wallets_min` such wallets stand behind each. Days are read whole here: loops within loops would only seem quick while
-- nobody has counted the rows.
CREATE FUNCTION app_rank(p_last date, p_days smallint, p_cost_min bigint, p_wallets_min integer, p_rows_max integer,
  p_models_max integer) RETURNS void LANGUAGE sql SET enable_nestloop = off SET jit = off AS $$
  INSERT INTO app_rankings (last_day, days, rank, site_id, title, wallets, requests, tokens, models)
  WITH used AS MATERIALIZED (
    SELECT a.site_id, a.title, u.user_id, u.model_id, sum(u.requests) AS requests,
      sum(u.prompt_tokens + u.completion_tokens) AS tokens, sum(u.cost) AS cost
    FROM usage_daily u JOIN apps a ON a.id = -u.app_id
    WHERE u.app_id < 0 AND u.day BETWEEN p_last - (p_days - 1) AND p_last AND u.cost > 0 GROUP BY 1, 2, 3, 4
  ), payers AS MATERIALIZED (
    SELECT site_id, user_id, sum(requests) AS requests, sum(tokens) AS tokens FROM used GROUP BY 1, 2 HAVING sum(cost) >= p_cost_min
  ), sites AS MATERIALIZED (
    SELECT site_id, count(*) AS wallets, app_shown(sum(requests), max(requests)) AS requests, app_shown(sum(tokens), max(tokens)) AS tokens
    FROM payers GROUP BY 1 HAVING count(*) >= p_wallets_min ORDER BY 2 DESC, 4 DESC, 1 LIMIT p_rows_max
  ), seen AS MATERIALIZED (
    SELECT u.* FROM used u JOIN payers USING (site_id, user_id) JOIN sites USING (site_id)
  ), titles AS (
    SELECT DISTINCT ON (site_id) site_id, title FROM (
      SELECT site_id, title, count(DISTINCT user_id) AS n FROM seen GROUP BY 1, 2 HAVING count(DISTINCT user_id) >= p_wallets_min
    ) t ORDER BY site_id, n DESC, title
  ), named AS (
    SELECT site_id, array_agg(m.name ORDER BY place) AS models FROM (
      SELECT site_id, model_id, row_number() OVER (PARTITION BY site_id ORDER BY count(DISTINCT user_id) DESC, model_id) AS place
      FROM seen GROUP BY 1, 2 HAVING count(DISTINCT user_id) >= p_wallets_min
    ) t JOIN models m ON m.id = model_id WHERE place <= p_models_max GROUP BY 1
  )
  SELECT p_last, p_days, row_number() OVER (ORDER BY s.wallets DESC, s.tokens DESC, s.site_id), s.site_id, coalesce(t.title, ''),
    app_rounded(s.wallets), s.requests, s.tokens, coalesce(n.models, '{}')
  FROM sites s LEFT JOIN titles t USING (site_id) LEFT JOIN named n USING (site_id)
$$;

-- Makes the rankings of the newest day up to `p_last` that has none, among the last `p_back`, and forgets those before `p_before`;
-- false where none is missing, or another instance is at it.
CREATE FUNCTION app_rank_next_day(p_now timestamptz, p_last date, p_back integer, p_before date, p_cost_min bigint,
  p_wallets_min integer, p_rows_max integer, p_models_max integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  next date;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('aimo app rankings')) THEN RETURN false; END IF;
  DELETE FROM app_ranking_days WHERE last_day < p_before;
  SELECT p_last - n INTO next FROM generate_series(0, p_back - 1) n
    WHERE p_last - n >= p_before AND NOT EXISTS (SELECT FROM app_ranking_days WHERE last_day = p_last - n) ORDER BY n LIMIT 1;
  IF next IS NULL THEN RETURN false; END IF;
  INSERT INTO app_ranking_days VALUES (next, p_now);
  PERFORM app_rank(next, days, p_cost_min, p_wallets_min, p_rows_max, p_models_max) FROM unnest(ARRAY[1, 7, 30]::smallint[]) days;
  RETURN true;
END $$;
