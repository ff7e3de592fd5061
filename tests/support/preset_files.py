"""Files of well-known systems: made-up rows of the shapes that they have, for every preset."""

import json

from support.people_files import TENANT, Given


def _of(preset: str, name: str, data: str, *options: str) -> Given:
    return Given(name, data.encode(), ("--format", preset, *options, *TENANT))


def _json(preset: str, value: object) -> Given:
    return _of(preset, "calls.json", json.dumps(value, indent=2))


_ASTERISK = (
    '"","1001","15550100","from-internal","""Ann"" <1001>","PJSIP/1001-00000001",'
    '"PJSIP/trunk-00000002","Dial","PJSIP/15550100@trunk,30","2025-01-05 10:00:00",{answer},'
    '"2025-01-05 10:01:10",70,{billsec},"{disposition}","DOCUMENTATION","{id}",""\n'
)
_FREESWITCH = (
    '"Ann","1001","15550100","default","2025-01-05 10:00:00","{answer}","2025-01-05 10:01:10",'
    '"70","{billsec}","{cause}","{id}","","","PCMU","PCMU"\n'
)
_CUCM_NAMES = (
    '"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","origLegCallIdentifier",'
    '"dateTimeOrigination","callingPartyNumber","origCause_value","originalCalledPartyNumber",'
    '"finalCalledPartyNumber","destCause_value","dateTimeConnect","dateTimeDisconnect","pkid",'
    '"duration"\n'
)
_CUCM_TYPES = (
    "INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,VARCHAR(50),VARCHAR(50),INTEGER,"
    "INTEGER,INTEGER,UNIQUEIDENTIFIER,INTEGER\n"
)
_VICIDIAL = (
    "1736071200.101,81,998,SALES1,2025-01-05 10:00:00,1736071200,1736071242,42,SALE,1,15550100,"
    "6666,,Y,AGENTS,AGENT,MAIN,3\n"
    "1736071300.102,82,998,SALES1,2025-01-05 10:01:40,1736071300,NULL,NULL,NA,1,15550101,VDAD,"
    "\\N,N,NULL,NONE,MAIN,1\n"
)
_VICIDIAL_NAMES = (
    "uniqueid,lead_id,list_id,campaign_id,call_date,start_epoch,end_epoch,length_in_sec,status,"
    "phone_code,phone_number,user,comments,processed,user_group,term_reason,alt_dial,called_count\n"
)

PRESETS = {
    "asterisk-cdr": _of(
        "asterisk-cdr",
        "Master.csv",
        _ASTERISK.format(
            answer='"2025-01-05 10:00:10"', billsec=60, disposition="ANSWERED", id="1736071200.7"
        )
        + _ASTERISK.format(answer="", billsec=0, disposition="NO ANSWER", id="1736071200.8"),
        *("--timezone", "Europe/Lisbon"),
    ),
    "freeswitch-cdr": _of(
        "freeswitch-cdr",
        "Master.csv",
        _FREESWITCH.format(
            answer="2025-01-05 10:00:10", billsec=60, cause="NORMAL_CLEARING", id="f-1"
        )
        + _FREESWITCH.format(answer="", billsec=0, cause="USER_BUSY", id="f-2"),
    ),
    "3cx-cdr": _of(
        "3cx-cdr",
        "cdr.log",
        "Call 612504,00000C21DE5C2470_6531,00:05:36,2025/01/05 13:33:54,2025/01/05 13:33:55,"
        "2025/01/05 13:39:31,TerminatedBySrc,+15550100,Ext.960,10021,960,960,,Ext.504,504,,,,,"
        "Chain: +15550100;Ext.504;,external_line,extension,extension,Ann,Sales,Bob,\n",
    ),
    "cucm-cdr": _of(
        "cucm-cdr",
        "cdr_StandAloneCluster_01_202501051000_1",
        _CUCM_NAMES
        + _CUCM_TYPES
        + '1,1,5001,111,1736071200,"7001",0,"7002","7002",16,1736071205,1736071220,"p-1",15\n'
        + '1,1,5002,112,1736071300,"7001",0,"7003","7003",17,0,1736071310,"p-2",0\n',
    ),
    "vicidial": _of("vicidial", "log.csv", _VICIDIAL),
    "vicidial-with-a-header": _of("vicidial", "log.csv", _VICIDIAL_NAMES + _VICIDIAL),
    "twilio-calls": _json(
        "twilio-calls",
        {
            "calls": [
                {
                    "sid": "CA1",
                    "answered_by": "human",
                    "date_created": "Sun, 05 Jan 2025 10:00:00 +0000",
                    "start_time": "Sun, 05 Jan 2025 10:00:05 +0000",
                    "end_time": "Sun, 05 Jan 2025 10:00:47 +0000",
                    "duration": "42",
                    "direction": "outbound-api",
                    "from": "+15550100",
                    "to": "+15550101",
                    "price": "-0.01300",
                    "price_unit": "USD",
                    "status": "completed",
                    "subresource_uris": {"events": "/2010-04-01/Events.json"},
                },
                {
                    "sid": "CA2",
                    "answered_by": None,
                    "date_created": "Sun, 05 Jan 2025 10:01:00 +0000",
                    "start_time": None,
                    "end_time": None,
                    "duration": None,
                    "direction": "trunking-originating",
                    "price": None,
                    "price_unit": "USD",
                    "status": "no-answer",
                },
            ],
            "page": 0,
        },
    ),
    "plivo-calls": _json(
        "plivo-calls",
        {
            "meta": {"limit": 20},
            "objects": [
                {
                    "call_uuid": "p-1",
                    "call_direction": "outbound",
                    "call_duration": 42,
                    "bill_duration": 42,
                    "initiation_time": "2025-01-05 15:30:00+05:30",
                    "answer_time": "2025-01-05 15:30:05+05:30",
                    "end_time": "2025-01-05 15:30:47+05:30",
                    "from_number": "+15550100",
                    "to_number": "15550101",
                    "hangup_cause_name": "Normal Hangup",
                    "hangup_source": "Callee",
                    "total_amount": "0.01300",
                }
            ],
        },
    ),
    "vapi-calls": _json(
        "vapi-calls",
        [
            {
                "id": "v-1",
                "type": "outboundPhoneCall",
                "phoneCallProvider": "twilio",
                "assistantId": "a-1",
                "status": "ended",
                "endedReason": "customer-ended-call",
                "createdAt": "2025-01-05T09:59:58.000Z",
                "startedAt": "2025-01-05T10:00:00.000Z",
                "endedAt": "2025-01-05T10:00:42.500Z",
                "updatedAt": "2025-01-05T10:01:00.000Z",
                "cost": 0.0394,
                "analysis": {"successEvaluation": "true", "structuredData": {"plan": "gold"}},
            },
            {
                "id": "v-2",
                "type": "inboundPhoneCall",
                "endedReason": "call.start.error-get-assistant",
                "analysis": {"successEvaluation": "7"},
                "createdAt": "2025-01-05T10:02:00.000Z",
                "updatedAt": "2025-01-05T10:02:00.000Z",
            },
        ],
    ),
    "retell-calls": _json(
        "retell-calls",
        {
            "items": [
                {
                    "call_id": "r-1",
                    "call_type": "phone_call",
                    "agent_id": "a-1",
                    "direction": "outbound",
                    "start_timestamp": 1736071200123,
                    "end_timestamp": 1736071242623,
                    "duration_ms": 42500,
                    "disconnection_reason": "user_hangup",
                    "call_analysis": {
                        "in_voicemail": False,
                        "user_sentiment": "Positive",
                        "call_successful": True,
                    },
                    "call_cost": {"combined_cost": 7.5},
                },
                {
                    "call_id": "r-2",
                    "call_type": "web_call",
                    "start_timestamp": 1736071300000,
                    "disconnection_reason": "agent_hangup",
                    "call_analysis": {"in_voicemail": True, "user_sentiment": "Unknown"},
                },
            ]
        },
    ),
    "bland-calls": _json(
        "bland-calls",
        {
            "count": 1,
            "calls": [
                {
                    "call_id": "b-1",
                    "created_at": "2025-01-05T10:00:00.801193+00:00",
                    "call_length": 0.834,
                    "to": "5550101",
                    "from": "+15550100",
                    "completed": True,
                    "queue_status": "complete",
                    "error_message": None,
                    "answered_by": "human",
                    "batch_id": "batch-1",
                }
            ],
        },
    ),
    "elevenlabs-conversations": _json(
        "elevenlabs-conversations",
        {
            "conversations": [
                {
                    "conversation_id": "e-1",
                    "agent_id": "a-1",
                    "start_time_unix_secs": 1736071200,
                    "call_duration_secs": 42,
                    "cost": 296,
                    "cost_fiat": 0.0592,
                    "status": "done",
                    "termination_reason": "",
                    "call_successful": "success",
                    "direction": "inbound",
                    "main_language": "en",
                },
                {
                    "conversation_id": "e-2",
                    "agent_id": "a-1",
                    "start_time_unix_secs": 1736071300,
                    "call_duration_secs": 0,
                    "status": "done",
                    "call_successful": "unknown",
                    "metadata": {"phone_call": {"type": "twilio", "call_result": "voicemail"}},
                },
            ]
        },
    ),
}
