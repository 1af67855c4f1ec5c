-- Two couriers' networks may lie over the same postcodes: an area may be one account's. An account's own
-- areas come before those of all, however exactly these are named; where it has some, its depot need have
-- none.
ALTER TABLE depot_areas ADD COLUMN account_id bigint REFERENCES courier_accounts;  -- null: for all
ALTER TABLE depot_areas DROP CONSTRAINT depot_areas_pkey;
CREATE UNIQUE INDEX depot_areas_once ON depot_areas (country, starts, coalesce(account_id, 0));
CREATE INDEX depot_areas_account ON depot_areas (account_id) WHERE account_id IS NOT NULL;

CREATE FUNCTION depot_serving(p_account bigint, p_depot bigint, p_address jsonb) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_code text := upper(regexp_replace(p_address->>'postcode', '[^0-9A-Za-z]', '', 'g'));
    v_found bigint;
BEGIN
    IF coalesce(v_code, '') = '' OR NOT EXISTS (
        SELECT FROM depot_areas a WHERE a.depot_id = p_depot AND a.account_id IS NULL
        UNION ALL SELECT FROM depot_areas a WHERE a.account_id = p_account) THEN
        RETURN NULL;
    END IF;
    SELECT a.depot_id INTO v_found FROM depot_areas a
     WHERE a.country = coalesce(upper(p_address->>'country'),
                                (SELECT d.country FROM depots d WHERE d.id = p_depot))
       AND a.starts = ANY(ARRAY(SELECT left(v_code, n) FROM generate_series(1, length(v_code)) n))
       AND (a.account_id = p_account
            OR a.account_id IS NULL AND EXISTS (
                SELECT FROM depot_areas own WHERE own.depot_id = p_depot AND own.account_id IS NULL))
     ORDER BY a.account_id NULLS LAST, length(a.starts) DESC LIMIT 1;
    RETURN v_found;
END $$;

-- `take_event` as it is, but that it says whose event it is.
DO $$ BEGIN
    EXECUTE replace(pg_get_functiondef('take_event'::regproc),
                    'depot_serving(p_depot,', 'depot_serving(p_account, p_depot,');
END $$;
DROP FUNCTION depot_serving(bigint, jsonb);
