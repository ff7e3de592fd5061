"""Files of calls as people have them: made-up rows of the shapes that public files have."""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from support.workbooks import workbook


class Given(NamedTuple):
    """A file, and the options with which it is to be imported."""

    name: str
    data: bytes
    options: tuple[str, ...] = ()


TENANT = ("--set", "merchant_id=mer_a", "--set", "reseller_id=res_a")
_IDS = ("--map", "call_id=id", *TENANT)


def _text(name: str, text: str, *options: str) -> Given:
    return Given(name, text.encode(), (*options, *TENANT))


def _json(name: str, value: object, *options: str, indent: int | None = None) -> Given:
    return Given(name, json.dumps(value, indent=indent).encode(), (*options, *TENANT))


_START = ("--map", "call_id=id", "--map", "started_at=start")
_WEEK = "id,start\na,1/9/2017 16:33:01\nb,2/9/2017 6:03:11\nc,3/9/2017 11:00:00\n"
_RECORDS = [
    {"id": 41, "startedAt": 1736071200123, "createdAt": 1736071190000, "seconds": "67"},
    {"id": 42, "startedAt": None, "createdAt": 1736071260000, "seconds": 12.5},
]
_IN_MS = ("--unit", "started_at=ms", "--payload-rest")

TIMES = {
    "year_first": _text("a.csv", "id,start\na,2020/2/10 22:41\nb,2020/12/1 2:05\n", *_START),
    "day_first": _text("a.csv", _WEEK, *_START, "--time-format", "started_at=%d/%m/%Y %H:%M:%S"),
    "day_or_month_first": _text("a.csv", _WEEK, *_START),
    "day_first_by_a_row": _text("a.csv", f"{_WEEK}d,25/9/2017 11:00:00\n", *_START),
    "month_first": _text(
        "a.csv",
        "id,start\na,8/11/2025 0:36\nb,11/8/2025 13:05\n",
        *_START,
        "--time-format",
        "started_at=%m/%d/%Y %H:%M",
        "--timezone",
        "America/New_York",
    ),
    "unambiguous_forms": _text(
        "a.csv",
        "id,start\n"
        "a,2025-05-16 11:31 PM\n"
        'b,"Tue, 31 Aug 2010 20:36:28 +0000"\n'
        "c,2025-05-16 11:31:00 UTC\n"
        "d,2025-05-16 11:31:00 +0530\n"
        "e,31/03/2021\n",
        *_START,
    ),
    "epochs_in_milliseconds": Given(
        "a.ndjson",
        "".join(json.dumps(one) + "\n" for one in _RECORDS[:1]).encode(),
        ("--map", "call_id=id", "--map", "started_at=startedAt", *_IN_MS, *TENANT),
    ),
    "epochs_in_microseconds_and_zeros": _text(
        "a.csv",
        "id,start,answer\na,1736071200123456,1736071205000000\nb,1736071200123456,0\n",
        *(*_START, "--map", "answered_at=answer", "--value", "answered_at:0="),
        *("--unit", "started_at=us", "--unit", "answered_at=us"),
    ),
    "epochs_of_another_unit": _text(
        "a.csv", "id,start\na,1736071200\n", *_START, "--unit", "started_at=ms"
    ),
    "epochs_without_a_unit": _text("a.csv", "id,start\na,1736071200\n", *_START),
    "two_columns": _text(
        "a.csv",
        "id,LogDate,LogTime\na,05/01/2025,10:00:00\nb,06/01/2025,11:30:05\n",
        *("--map", "call_id=id", "--map", "started_at=LogDate+LogTime"),
        *("--time-format", "started_at=%d/%m/%Y %H:%M:%S"),
    ),
}

VALUES = {
    "other_names": _text(
        "a.csv",
        "id,start,kind,mood,result\n"
        "a,2025-01-05T10:00,Inbound,Positive,ANSWERED\n"
        "b,2025-01-05T10:01,outbound-api,NEUTRAL,no answer\n"
        "c,2025-01-05T10:02,incoming,85%,ANSWERED\n"
        "d,2025-01-05T10:03,Outgoing,0.4,\n"
        "e,2025-01-05T10:04,ausgehend,,BUSY\n",
        *(*_START, "--map", "direction=kind", "--map", "sentiment=mood", "--map", "outcome=result"),
        *("--value", "direction:ausgehend=outbound", "--value", "outcome:answered=REACHED"),
    ),
    "words_that_are_not_known": _text(
        "a.csv",
        "id,start,kind\na,2025-01-05,eingehend\nb,2025-01-05,web call\n",
        *(*_START, "--map", "direction=kind"),
    ),
    "scores_of_a_hundred": _text(
        "a.csv",
        "id,start,score\na,2025-01-05,85\nb,2025-01-05,7.5\n",
        *(*_START, "--map", "sentiment=score", "--scale", "sentiment=0.01"),
    ),
    "scores_without_a_scale": _text(
        "a.csv",
        "id,start,score\na,2025-01-05,85\nb,2025-01-05,7.5\n",
        *(*_START, "--map", "sentiment=score"),
    ),
    "durations": _text(
        "a.csv",
        "id,start,duration\na,2025-01-05,0:02:46\nb,2025-01-05,02:46\nc,2025-01-05,166\n",
        *_START,
    ),
    "minutes": _text(
        "a.csv",
        "id,start,talk_minutes,cents\na,2025-01-05,4.2,70\nb,2025-01-05,0.5,8.5\n",
        *(*_START, "--map", "duration=talk_minutes", "--unit", "duration=min"),
        *("--map", "cost=cents", "--unit", "cost=cents", "--set", "currency=EUR"),
    ),
    "milliseconds_without_a_unit": _text(
        "a.csv",
        "id,start,duration_ms\na,2025-01-05,42500\n",
        *(*_START, "--map", "duration=duration_ms"),
    ),
    "milliseconds_that_no_name_tells": _text(
        "a.csv",
        "id,start,duration\na,2025-01-05,42500\nb,2025-01-05,0\nc,2025-01-05,0\n",
        *_START,
    ),
    "parts_of_a_day_that_no_name_tells": _text(
        "a.csv", "id,start,duration\na,2025-01-05,0.002222\nb,2025-01-05,0\n", *_START
    ),
    "titles_that_were_taken_for_the_header": _text(
        "a.csv", "Report of 2025\nJanuary, all\n\nid,start,outcome\na,2025-01-05,BUSY\n"
    ),
    "titles_that_are_as_wide": _text(
        "a.csv", "Report;;\n;;\nid;start;outcome\na;2025-01-05;BUSY\n"
    ),
    "names_that_are_nearly_fields": _text(
        "a.csv", "id,start,Duration,City\na,2025-01-05,5,Delhi\n", *_START, "--payload-rest"
    ),
    "years_that_have_two_digits": _text("a.csv", "id,start\na,13/01/25 10:00\n", *_START),
    "nulls": _text(
        "a.csv",
        "id,start,outcome,agent_id\na,2025-01-05,NULL,\\N\nb,2025-01-05,BUSY,\\N\n",
        *(*_START, "--null", "NULL", "--null", "\\N"),
    ),
    "nulls_that_nobody_named": _text(
        "a.csv",
        "id,start,outcome,agent_id\n"
        "a,2025-01-05,N/A,None\nb,2025-01-05,BUSY,None\nc,2025-01-05,N/A,7\n",
        *_START,
    ),
    "decimal_commas": _text(
        "a.csv",
        "id;start;duration;cost\na;2025-01-05;12,5;1.234,50\nb;2025-01-05;7;0,25\n",
        *(*_START, "--decimal", ","),
    ),
    "commas_that_may_be_either": _text(
        "a.csv", 'id,start,duration\na,2025-01-05,"1,234"\n', *_START
    ),
}

IDS = {
    "legs": _text(
        "a.csv",
        "uuid,leg,started_at\nu,1,2025-01-05\nu,2,2025-01-05\n",
        *("--map", "call_id=uuid+leg"),
    ),
    "made_up": _text(
        "a.csv",
        "started_at,from,to\n2025-01-05T10:00,+1555,+1666\n2025-01-05T10:00,+1555,+1777\n",
        *("--map", "call_id=@hash(started_at,from,to)", "--payload-rest"),
    ),
    "numbers": _text(
        "a.ndjson", '{"call_id": 42, "started_at": "2025-01-05T10:00:00Z", "duration": "67"}\n'
    ),
}

LAYOUTS = {
    "no_header": _text(
        "a.csv",
        "u1,2025-01-05 10:00:00,42,ANSWERED\nu2,2025-01-05 10:01:00,0,BUSY\n",
        *("--columns", "call_id,started_at,duration,outcome"),
    ),
    "records_of_a_document": _json(
        "a.json",
        {"count": 2, "calls": _RECORDS},
        *("--records", "calls[]", "--map", "call_id=id", "--map", "duration=seconds"),
        *("--map", "started_at=startedAt|createdAt", *_IN_MS),
        indent=2,
    ),
    "records_that_nobody_named": _json("a.json", {"count": 2, "calls": _RECORDS}, indent=2),
    "records_by_their_ids": _json(
        "a.json",
        {"c1": {"started_at": "2025-01-05"}, "c2": {"started_at": "2025-01-06"}},
        *("--records", "*", "--map", "call_id=@key"),
    ),
    "printed_records": Given(
        "a.json",
        "\n".join(
            json.dumps({"call_id": name, "started_at": "2025-01-05"}, indent=4) for name in "ab"
        ).encode(),
        TENANT,
    ),
    "title_lines": _text(
        "a.csv",
        "Calls of January\n\ncall_id,started_at\na,2025-01-05\n",
        *("--skip-lines", "2"),
    ),
    "separator_line": _text(
        "a.csv", "sep=;\ncall_id;started_at\na;2025-01-05\n;\n\nb;2025-01-06\n;\n"
    ),
    "line_of_types": _text(
        "a.csv", "call_id,started_at,duration\nVARCHAR(50),DATETIME,INTEGER\na,2025-01-05,7\n"
    ),
    "totals": _text("a.csv", "call_id,started_at,duration\na,2025-01-05,7\nTotal,,7\nb\n"),
    "latin_1": Given(
        "a.csv",
        "call_id,started_at,outcome\na,2025-01-05,erreur réseau\n".encode("latin-1"),
        ("--encoding", "latin-1", *TENANT),
    ),
    "latin_1_that_nobody_named": Given(
        "a.csv",
        "call_id,started_at,outcome\na,2025-01-05,erreur réseau\n".encode("latin-1"),
        TENANT,
    ),
    "utf_16": Given(
        "a.csv", "call_id,started_at,outcome\na,2025-01-05,né\n".encode("utf-16"), TENANT
    ),
    "tabs": _text("a.tsv", "call_id\tstarted_at\toutcome\na\t2025-01-05\t1,5\n"),
    "workbook": Given(
        "a.xlsx",
        workbook(
            {
                "Notes": [["Calls of January"]],
                "Calls": [
                    ["call_id", "started_at", "duration", "attempt", "test", "payload.zip"],
                    [
                        42,
                        datetime(2025, 1, 5, 10, 30),
                        timedelta(seconds=166),
                        2,
                        False,
                        "007",
                    ],
                    [],
                    [43, datetime(2025, 1, 6), 12.5, None, True, 411.0],
                ],
            }
        ),
        ("--sheet", "Calls", *TENANT),
    ),
}

ALL = {**TIMES, **VALUES, **IDS, **LAYOUTS}
