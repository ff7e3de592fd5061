-- When keys were last used, apart from what they may do: of access_keys the newest row counts, and
-- one written for a use could undo a revocation.
-- everywhere
CREATE TABLE key_uses (
    id String,
    last_used_at Int64
) ENGINE = ReplacingMergeTree(last_used_at)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000;
