"""What is set by those who run the system and decides what becomes of a message: times, and who is told."""

from __future__ import annotations

from datetime import timedelta

from adapter.domain.consultation import ONE_DAY
from adapter.domain.guidance import PhoneSchedule
from adapter.domain.routes import Routes
from adapter.domain.thread import Margins
from adapter.frozen import dataclass
from adapter.writing import Writers


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Without routes nothing is sent: everybody fetches by REST."""

    routes: Routes = Routes()
    writers: Writers | None = None  # needed as soon as there are routes
    one_day: timedelta = ONE_DAY  # what "inom 1 dag" means
    review_days: int = 90  # how often both sides look again at what is "långsiktigt"
    margins: Margins = Margins()  # how long before the deadline both sides are reminded
    phones: PhoneSchedule | None = None  # for what is acute; None: as the source says
    has_subscribers: bool = False  # somebody may be told of changes by a subscription
    reply_window: timedelta = timedelta(hours=72)  # how long an answer waits for its question


ORDINARY = Policy()  # nothing is set
