-- Who spoke, why the call ended, in which language, when it was answered, whether it was a success,
-- and what it cost.
ALTER TABLE calls ADD COLUMN agent_id VARCHAR;
ALTER TABLE calls ADD COLUMN end_reason VARCHAR;
ALTER TABLE calls ADD COLUMN language VARCHAR;
ALTER TABLE calls ADD COLUMN answered_at TIMESTAMP;
ALTER TABLE calls ADD COLUMN success BOOLEAN;
ALTER TABLE calls ADD COLUMN cost_micros BIGINT;
ALTER TABLE calls ADD COLUMN currency VARCHAR;
ALTER TABLE calls_held ADD COLUMN agent_id VARCHAR;
ALTER TABLE calls_held ADD COLUMN end_reason VARCHAR;
ALTER TABLE calls_held ADD COLUMN language VARCHAR;
ALTER TABLE calls_held ADD COLUMN answered_at TIMESTAMP;
ALTER TABLE calls_held ADD COLUMN success BOOLEAN;
ALTER TABLE calls_held ADD COLUMN cost_micros BIGINT;
ALTER TABLE calls_held ADD COLUMN currency VARCHAR;

-- Of calls of before, none says that it was a success or when it was answered.
ALTER TABLE rollup_outcomes_blocks ADD COLUMN success BOOLEAN;
ALTER TABLE rollup_outcomes_blocks ADD COLUMN answered_at TIMESTAMP;
ALTER TABLE rollup_outcomes_days ADD COLUMN success BOOLEAN;
ALTER TABLE rollup_outcomes_days ADD COLUMN answered_at TIMESTAMP;
ALTER TABLE rollup_call_changes ADD COLUMN success BOOLEAN;
ALTER TABLE rollup_call_changes ADD COLUMN answered_at TIMESTAMP;
