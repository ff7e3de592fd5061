"""Notices whose outcome cannot be stored are not sent again for that."""

from dataclasses import replace
from typing import cast

import pytest

from callistics.alerts.mail import Mailer
from callistics.alerts.sender import PAUSES, Sender, Ways
from callistics.alerts.stored import StoredAlerts
from callistics.alerts.webhook import NotDeliveredError
from callistics.errors import Unavailable
from callistics.model.alerts import AlertChanges, Delivery, DeliveryState, NotifyTarget
from callistics.model.instants import SECOND

TARGET = NotifyTarget(to=("ops@example.org",))
NOTICE = Delivery("msg_1", "alr_1", TARGET, 0, "names a call")


class Disk:
    """What is stored of one notice, on a disk that is full for now."""

    def __init__(self) -> None:
        self.is_full, self.notice = True, NOTICE

    def waiting(self) -> list[Delivery]:
        return [] if self.notice.over else [self.notice]

    def save(self, changes: AlertChanges) -> None:
        if self.is_full:
            raise Unavailable("the disk is full")
        (self.notice,) = changes.deliveries


class Post:
    """Takes mails, or refuses them."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.refuses = False

    def send(self, delivery: Delivery) -> None:
        self.came.append(delivery.body)
        if self.refuses:
            raise NotDeliveredError("answered 451")


def sender(disk: Disk, post: Post) -> Sender:
    ways = Ways(cast(Mailer, post), private=False, count=lambda _channel, _result: None)
    return Sender(cast(StoredAlerts, disk), ways, disk.save, lambda _: TARGET)


def rounds(found: Sender, *seconds: int) -> None:
    """Rounds on a full disk: each says that it has to be tried again."""
    for at in seconds:
        with pytest.raises(Unavailable):
            found.round(at * SECOND)


def test_a_notice_that_arrived_is_sent_once() -> None:
    disk, post = Disk(), Post()
    found = sender(disk, post)
    rounds(found, 0, 10, 20)
    # Whoever erased something meanwhile has what waits read anew.
    found.read_anew()
    rounds(found, 30)
    assert post.came == ["names a call"]
    disk.is_full = False
    assert found.round(40 * SECOND) is None
    assert disk.notice.state is DeliveryState.DELIVERED
    assert len(post.came) == 1


def test_one_that_did_not_arrive_waits_as_long_as_ever() -> None:
    disk, post = Disk(), Post()
    post.refuses = True
    found = sender(disk, post)
    pause = PAUSES[0] // SECOND
    rounds(found, 0, pause - 1)
    assert len(post.came) == 1
    rounds(found, pause, pause + 10, pause + 20)
    assert len(post.came) == 2
    disk.is_full = False
    assert found.round((pause + 30) * SECOND) == pause * SECOND + PAUSES[1]
    assert (disk.notice.attempts, disk.notice.error) == (2, "answered 451")


def test_a_place_with_many_notices_holds_up_no_other() -> None:
    disk, post = Disk(), Post()
    disk.is_full = False
    many = [replace(NOTICE, id=f"msg_{n}", made_at=n, body=f"many {n}") for n in range(150)]
    other = replace(NOTICE, id="msg_last", alert_id="alr_2", made_at=150, body="of another")
    waiting = {one.id: one for one in (*many, other)}

    def save(changes: AlertChanges) -> None:
        for one in changes.deliveries:
            assert one.over
            del waiting[one.id]

    disk.waiting = lambda: list(waiting.values())
    ways = Ways(cast(Mailer, post), private=False, count=lambda _channel, _result: None)
    found = Sender(cast(StoredAlerts, disk), ways, save, lambda _: TARGET)
    assert found.round(SECOND) is not None
    assert "of another" in post.came
    assert found.round(SECOND) is None
    assert [one for one in post.came if one != "of another"] == [one.body for one in many]


def test_it_tells_what_is_stored_of_it_by_then() -> None:
    disk, post = Disk(), Post()
    post.refuses = True
    found = sender(disk, post)
    rounds(found, 0)
    disk.notice = replace(NOTICE, body="names nobody")
    rounds(found, PAUSES[0] // SECOND)
    assert post.came == ["names a call", "names nobody"]
    disk.notice = replace(NOTICE, body="", state=DeliveryState.GIVEN_UP)
    rounds(found, 10_000)
    assert len(post.came) == 2


def test_one_made_by_a_clock_that_was_far_ahead_does_not_wait_for_it() -> None:
    disk, post = Disk(), Post()
    disk.is_full = False
    disk.notice = replace(NOTICE, made_at=10**17, next_at=10**17)
    assert sender(disk, post).round(SECOND) is None
    assert disk.notice.state is DeliveryState.DELIVERED
