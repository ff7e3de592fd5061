"""Every setting once: name, type, default, help. Values come from the environment or a TOML file.

The command line goes before the environment, the environment before the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from callistics.errors import SettingsError
from callistics.setting_sources import given_settings, parse_all, setting
from callistics.setting_types import (
    as_admin_key,
    as_choice,
    as_days_by_id,
    as_file,
    as_flag,
    as_id,
    as_mail_address,
    as_names,
    as_networks,
    as_number,
    as_origins,
    as_public_url,
    as_size,
    as_smtp_url,
    as_stage_lists,
    as_success,
    as_text,
    as_unreached,
    as_whole,
    as_zone,
    pair_problems,
)
from callistics.token_issuers import Issuer, as_issuers

ENGINE_DSNS = ("duckdb:///data/callistics.db", "clickhouse://user:password@host:8123/callistics")
"""What the setting `engine` looks like, for help texts."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server. Build with `load_settings` to have them checked."""

    engine: str = setting(
        "duckdb://callistics.db",
        as_text,
        f"Where the data lives, a DSN: `{ENGINE_DSNS[0]}` or `{ENGINE_DSNS[1]}`.",
    )
    host: str = setting("127.0.0.1", as_text, "Address to listen on.")
    port: int = setting(8000, as_whole(0, 65_535), "Port to listen on.")
    tls_cert: str | None = setting(
        None, as_file, "File with the certificate of the server and its chain, in PEM, for https."
    )
    tls_key: str | None = setting(
        None, as_file, "File with the private key of `tls_cert`, in PEM, without a passphrase."
    )
    cors_origins: tuple[str, ...] | None = setting(
        None,
        as_origins,
        "Origins whose pages may ask from a browser, such as `https://dashboard.example`; `*`:"
        " all; unset: none.",
    )
    embed_parents: tuple[str, ...] | None = setting(
        None, as_origins, "Origins whose pages may show `/embed` in a frame; `*`: all; unset: none."
    )
    public_url: str | None = setting(
        None,
        as_public_url,
        "Address at which others reach the server, such as `https://calls.example`, for the"
        " addresses that it gives out; unset: the one that a request came to.",
    )
    token_issuers: tuple[Issuer, ...] = setting(
        (),
        as_issuers,
        "Who else may sign tokens for embedding: a list of objects with `issuer`, `algorithm`"
        " (`HS256`, `RS256`, `ES256`, `EdDSA`), one of `key`, `key_file` and `jwks_url`, and"
        " `audience` if tokens name one.",
        secret=True,
    )
    admin_key: str | None = setting(
        None,
        as_admin_key,
        "The first admin key; without it one is made on first start.",
        secret=True,
    )
    timezone: str = setting(
        "UTC",
        as_zone,
        "Zone of queries without `timezone` and of record times without an offset.",
        decides=True,
    )
    lead_stages: tuple[str, ...] | None = setting(
        None,
        as_names,
        "Statuses of the conversion funnel, in order; unset: every status is a stage.",
        decides=True,
    )
    template_lead_stages: Mapping[str, tuple[str, ...]] = setting(
        dict,
        as_stage_lists,
        "Funnel stages of single templates, used when a query names that one alone.",
        decides=True,
    )
    success_outcomes: tuple[str, ...] | None = setting(
        None,
        as_success,
        "Outcomes that are a success; unset: all but `unreached_outcomes`.",
        decides=True,
    )
    unreached_outcomes: tuple[str, ...] | None = setting(
        None,
        as_unreached,
        "Outcomes that say that nobody was spoken to: no success where `success_outcomes` is unset."
        " Unset: the words of platforms and carriers; `[]`: none.",
        decides=True,
    )
    query_timeout: float = setting(
        30.0, as_number(0.01, 3_600), "Seconds an answer may take, with waiting for its turn (504)."
    )
    query_concurrency: int | None = setting(
        None,
        as_whole(1, 256),
        "Queries that are worked on at the same time, besides one that is expected to be quick;"
        " unset: one per processor of this machine, at least 2, beside a ClickHouse server 4.",
    )
    query_queue: int = setting(
        1_000, as_whole(1, 100_000), "Queries that may wait; beyond it they are shed (503)."
    )
    disk_reserve: int = setting(
        268_435_456,
        as_whole(0, 2**50),
        "Bytes of the disk with the database that are kept free: while fewer are, records are"
        " refused (503).",
    )
    export_concurrency: int = setting(
        4, as_whole(1, 256), "Answers with all rows that are sent at the same time (503)."
    )
    answer_cache: int = setting(
        64,
        as_whole(0, 65_536),
        "Megabytes of answers that are kept for when they are asked for again, until a record"
        " changes; 0 keeps none.",
    )
    rollups: bool = setting(
        True,
        as_flag,
        "Whether queries that roll-ups can answer are answered from them; they are kept anyway.",
    )
    query_body_limit: int = setting(
        1_048_576, as_whole(1_024, 2**30), "Largest body of a query, in bytes (413)."
    )
    record_body_limit: int = setting(
        67_108_864, as_whole(1_024, 2**31), "Largest body of records, unpacked, in bytes (413)."
    )
    record_limit: int = setting(
        100_000, as_whole(1, 1_000_000), "Records that one request may bring (422)."
    )
    default_reseller_id: str | None = setting(
        None,
        as_id,
        "Reseller of records that name none, for platforms that have no resellers; unset: such"
        " records wait until others name it.",
    )
    future_limit: int = setting(
        172_800,
        as_whole(0, 10 * 366 * 86_400),
        "Seconds that the start of a call may lie ahead of the server's clock (422); two days.",
    )
    payload_key_limit: int = setting(
        1_000,
        as_whole(1, 1_000_000),
        "Keys of payloads that are listed for each merchant, of which there are 256 different ones"
        " at most. Others are kept and can be filtered by as well, though such a query takes"
        " longer.",
    )
    ingest_queue: int = setting(
        256, as_whole(1, 100_000), "Requests with records that may wait; beyond it 503."
    )
    import_records: int = setting(
        200_000, as_whole(1, 10_000_000), "Records an import without a server commits at a time."
    )
    webhook_keep_days: int = setting(
        30,
        as_whole(1, 3_650),
        "Days that the bodies of webhooks are kept, those that could not be mapped too.",
    )
    alerts: bool = setting(
        True,
        as_flag,
        "Whether this server evaluates alerts and sends their notices; of several on one database"
        " only one may.",
    )
    alert_private_addresses: bool = setting(
        False,
        as_flag,
        "Whether notices may go to webhooks at private addresses and at this machine.",
    )
    smtp_url: str | None = setting(
        None,
        as_smtp_url,
        "Server through which notices are mailed, `smtp://user:password@host:587` (TLS where it is"
        " offered) or `smtps://…`; unset: none are.",
        secret=True,
    )
    mail_from: str | None = setting(
        None, as_mail_address, "Address that mails come from, such as `alerts@calls.example`."
    )
    erase_block_days: int = setting(
        30,
        as_whole(0, 3_650),
        "Days that records which name an erased call or lead are refused (410); 0: none is.",
    )
    retention_days: int = setting(
        0,
        as_whole(0, 36_500),
        "Days that calls are kept after their start, and leads after all else; 0: for ever.",
    )
    merchant_retention_days: Mapping[str, int] = setting(
        dict, as_days_by_id, "`retention_days` of single merchants."
    )
    trusted_proxies: tuple[str, ...] = setting(
        (),
        as_networks,
        "Addresses and networks of proxies before the server, whose `X-Forwarded-For` is believed:"
        " for the addresses that webhooks may come from, and for `wrong_key_limit`.",
    )
    wrong_key_limit: int = setting(
        30,
        as_whole(0, 1_000_000),
        "Wrong keys and tokens from an address in a minute (429); 0 is no limit.",
    )
    connection_limit: int = setting(
        1_000,
        as_whole(8, 100_000),
        "Connections that may be open. Beyond them idle ones give way, the idlest first; more"
        " requests than that at the same time are answered 503.",
    )
    idle_timeout: int = setting(
        30,
        as_whole(1, 3_600),
        "Seconds in which the head of a request must have come, from the answer before on; else the"
        " connection is closed.",
    )
    body_timeout: int = setting(
        30,
        as_whole(1, 3_600),
        "Seconds in which a body must have come, and one more for each 64 KiB of it (408).",
    )
    request_memory: int = setting(
        536_870_912,
        as_whole(1_048_576, 2**40),
        "Bytes of bodies and answers that are under way together; beyond it 503. A single one is"
        " always taken.",
    )
    rate_limit: int = setting(
        0,
        as_whole(0, 10_000_000),
        "Requests and queries of a key in a minute (429); 0 is no limit.",
    )
    memory_limit: str | None = setting(
        None,
        as_size,
        "Memory the engine may use, such as 4GB; unset: a quarter of the machine's for DuckDB, for"
        " ClickHouse its own default.",
    )
    engine_threads: int | None = setting(
        None, as_whole(1, 1_024), "Threads the engine works with; unset: one per processor."
    )
    stop_timeout: int = setting(
        30,
        as_whole(1, 600),
        "Seconds within which a stop ends, whatever is under way; requests get three quarters.",
    )
    slow_query_seconds: float = setting(
        1.0,
        as_number(0, 3_600),
        "Queries that take as many seconds are logged, without their values; 0: none is.",
    )
    log_level: str = setting(
        "info", as_choice("debug", "info", "warning", "error"), "Least serious line that is logged."
    )
    log_format: str = setting(
        "auto",
        as_choice("auto", "json", "text"),
        "Form of the log lines; `auto`: text on a terminal, else JSON.",
    )


def load_settings(
    environment: Mapping[str, str] | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """Settings from file, environment and the command line's `overrides` (None: not given).

    Raises `SettingsError` that names every wrong setting at once.
    """
    given = given_settings(environment, overrides)
    values, wrong = parse_all(given, {item.name: item.metadata for item in fields(Settings)})
    if wrong := wrong or pair_problems(values.get("tls_cert"), values.get("tls_key")):
        raise SettingsError("\n".join(wrong))
    return Settings(**values)
