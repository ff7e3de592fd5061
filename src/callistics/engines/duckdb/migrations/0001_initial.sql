-- The one state of each call: what its records came to, and what is derived beside it.
-- Only calls that count are here; pending and test calls wait in calls_held.
CREATE TABLE calls (
    merchant_id VARCHAR NOT NULL,
    call_id VARCHAR NOT NULL,
    -- A number made of the id, by which rows are found: see engines/duckdb/lookup/lookup_sql.py.
    call_key UBIGINT,
    -- That of its lead, where the call counts: see engines/duckdb/lookup/surrogate_keys.py.
    lead_no BIGINT,
    reseller_id VARCHAR,
    template_id VARCHAR,
    lead_id VARCHAR,
    started_at TIMESTAMP,
    ended_at TIMESTAMP,
    duration_ms BIGINT,
    -- Whether that was sent: else it is the time from start to end.
    duration_sent BOOLEAN NOT NULL,
    provider VARCHAR,
    direction VARCHAR,
    attempt_sent INTEGER,
    attempt INTEGER,
    outcome VARCHAR,
    -- The outcome as success is tested by, see records/outcomes.py.
    outcome_key VARCHAR,
    sentiment DOUBLE,
    test BOOLEAN,
    -- The call's own payload as canonical JSON, and the lead's it is overlaid on where that matters.
    payload_own VARCHAR,
    payload_base VARCHAR,
    -- The two overlaid and flattened, see model/payload.py.
    payload VARIANT,
    payload_lists MAP(VARCHAR, VARCHAR[][]),
    payload_orders VARIANT,
    -- Statuses its records brought; without a time they are as of the call's end or start.
    events STRUCT(status VARCHAR, since TIMESTAMP)[],
    -- The newest record's time; field_times is set only where the fields' times differ.
    updated_at TIMESTAMP NOT NULL,
    field_times VARCHAR
);

CREATE TABLE calls_held AS FROM calls LIMIT 0;

-- What the leads' own records came to.
CREATE TABLE lead_records (
    merchant_id VARCHAR NOT NULL,
    lead_id VARCHAR NOT NULL,
    lead_key UBIGINT NOT NULL,
    reseller_id VARCHAR,
    template_id VARCHAR,
    created_at TIMESTAMP,
    payload_own VARCHAR,
    events STRUCT(status VARCHAR, since TIMESTAMP)[],
    first_seen TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    field_times VARCHAR
);

-- Every lead that exists, by its own record or by a call's: all derived.
CREATE TABLE leads (
    merchant_id VARCHAR NOT NULL,
    lead_id VARCHAR NOT NULL,
    lead_key UBIGINT NOT NULL,
    -- No two leads have the same.
    lead_no BIGINT NOT NULL,
    reseller_id VARCHAR NOT NULL,
    template_id VARCHAR,
    created_at TIMESTAMP NOT NULL,
    -- Where its first call was before that: when. What is stored of a lead is looked for from then on.
    first_call_at TIMESTAMP,
    status VARCHAR,
    statuses VARCHAR[] NOT NULL,
    -- Those of its calls, see records/providers.py.
    providers VARCHAR[] NOT NULL,
    history STRUCT(status VARCHAR, since TIMESTAMP)[] NOT NULL,
    payload_json VARCHAR,
    payload VARIANT,
    payload_lists MAP(VARCHAR, VARCHAR[][]),
    payload_orders VARIANT
);

-- Every key that a payload of calls or leads has; there may be too many, never too few.
CREATE TABLE payload_keys (key VARCHAR NOT NULL, is_list BOOLEAN NOT NULL);

-- Roll-ups: sums of calls and leads by steps of time, see catalog/rollups.py. A row is all of the sum
-- of its step and keys (merged), or a part of it.
CREATE TABLE rollup_provider_times_quarters (
    started_at TIMESTAMP NOT NULL,
    provider VARCHAR,
    n BIGINT NOT NULL,
    duration_ms_known BIGINT NOT NULL,
    duration_ms_total BIGINT NOT NULL,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_provider_times_days AS FROM rollup_provider_times_quarters LIMIT 0;
CREATE TABLE rollup_outcomes_blocks (
    started_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    provider VARCHAR,
    outcome VARCHAR,
    outcome_key VARCHAR,
    attempt INTEGER,
    n BIGINT NOT NULL,
    duration_ms_known BIGINT NOT NULL,
    duration_ms_total BIGINT NOT NULL,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_outcomes_days AS FROM rollup_outcomes_blocks LIMIT 0;
CREATE TABLE rollup_reseller_times_quarters (
    started_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    n BIGINT NOT NULL,
    duration_ms_known BIGINT NOT NULL,
    duration_ms_total BIGINT NOT NULL,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_reseller_times_days AS FROM rollup_reseller_times_quarters LIMIT 0;
CREATE TABLE rollup_times_quarters (
    started_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    provider VARCHAR,
    n BIGINT NOT NULL,
    duration_ms_known BIGINT NOT NULL,
    duration_ms_total BIGINT NOT NULL,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_times_days AS FROM rollup_times_quarters LIMIT 0;
CREATE TABLE rollup_scores_blocks (
    started_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    provider VARCHAR,
    sentiment DOUBLE,
    n BIGINT NOT NULL,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_scores_days AS FROM rollup_scores_blocks LIMIT 0;
CREATE TABLE rollup_provider_durations_blocks (
    started_at TIMESTAMP NOT NULL,
    provider VARCHAR,
    duration_ms BIGINT,
    n BIGINT NOT NULL,
    duration_ms_known BIGINT NOT NULL,
    duration_ms_total BIGINT NOT NULL,
    duration_ms_least BIGINT,
    duration_ms_greatest BIGINT,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_provider_durations_days AS FROM rollup_provider_durations_blocks LIMIT 0;
CREATE TABLE rollup_durations_blocks (
    started_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    provider VARCHAR,
    duration_ms BIGINT,
    n BIGINT NOT NULL,
    duration_ms_known BIGINT NOT NULL,
    duration_ms_total BIGINT NOT NULL,
    duration_ms_least BIGINT,
    duration_ms_greatest BIGINT,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_durations_days AS FROM rollup_durations_blocks LIMIT 0;
CREATE TABLE rollup_leads_blocks (
    created_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    status VARCHAR,
    statuses VARCHAR[],
    providers VARCHAR[],
    n BIGINT NOT NULL,
    merged BOOLEAN NOT NULL
);
CREATE TABLE rollup_leads_days AS FROM rollup_leads_blocks LIMIT 0;

-- What changed since: calls and leads that came (n = 1) and that went (n = -1), their times cut to the
-- finest step.
CREATE TABLE rollup_call_changes (
    started_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    provider VARCHAR,
    outcome VARCHAR,
    outcome_key VARCHAR,
    attempt INTEGER,
    sentiment DOUBLE,
    duration_ms BIGINT,
    n BIGINT NOT NULL
);
CREATE TABLE rollup_lead_changes (
    created_at TIMESTAMP NOT NULL,
    reseller_id VARCHAR,
    status VARCHAR,
    statuses VARCHAR[],
    providers VARCHAR[],
    n BIGINT NOT NULL
);

CREATE TABLE access_keys (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    permissions VARCHAR[] NOT NULL,
    reseller_ids VARCHAR[],
    merchant_ids VARCHAR[],
    template_ids VARCHAR[],
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    last_used_at TIMESTAMP
);

-- Answers to requests that carried an Idempotency-Key, for 24 hours.
CREATE TABLE kept_answers (
    key_id VARCHAR NOT NULL,
    idempotency_key VARCHAR NOT NULL,
    body_hash VARCHAR NOT NULL,
    status INTEGER NOT NULL,
    answer BLOB NOT NULL,
    kept_at TIMESTAMP NOT NULL
);

-- The newest time of arrival given out, so that the next is later even if the clock was set back.
CREATE TABLE arrivals (last TIMESTAMP NOT NULL);
INSERT INTO arrivals VALUES (TIMESTAMP '1970-01-01 00:00:00');
