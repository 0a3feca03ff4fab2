"""How many messages call up the right notice: `python -m tests.listening`, or `... report` for the part to report on.

Signs alone, the listeners of the kind alone, and both as the product has them.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Literal, cast

import numpy as np

from qa.models import NoticeKind
from qa.notices import HEARD, Notices, listening
from tests import written
from tests.questionsets import letters

Shows = Callable[[str], set[NoticeKind]]
NOTICES = Notices.load()


def by_signs(text: str) -> set[NoticeKind]:
    return {sign.kind for sign in NOTICES.signs_in(text)}


def by_listening(text: str) -> set[NoticeKind]:
    return {each.kind for each in NOTICES.hearing(text) if each.message >= HEARD[each.kind]}


def by_both(text: str) -> set[NoticeKind]:
    return {notice.kind for notice in NOTICES.for_question(text)}


def main(part: Literal["fit", "report"]) -> None:
    said = written.messages(part)
    print("| | messages | signs alone | listeners alone | both |\n|---|---|---|---|---|")
    for kind in listening.KINDS:
        calling = [message.text for message in said if kind in message.notices]
        others = [message.text for message in said if message.notices and kind not in message.notices]
        harmless = [message.text for message in said if not message.notices]
        for name, texts in (
            (f"{kind}: seen", calling),
            (f"{kind}: raised by the other kind", others),
            (f"{kind}: raised by a look-alike", harmless),
            (f"{kind}: raised by what else people ask", written.asked(part)),
            (f"{kind}: raised by a long letter", letters(1)),
        ):
            shares = (f"{_share(shows, kind, texts):.3f}" for shows in (by_signs, by_listening, by_both))
            print(f"| {name} | {len(texts)} | {' | '.join(shares)} |")


def _share(shows: Shows, kind: NoticeKind, texts: Sequence[str]) -> float:
    return float(np.mean([kind in shows(text) for text in texts]))


if __name__ == "__main__":
    main(cast(Literal["fit", "report"], sys.argv[1] if len(sys.argv) > 1 else "fit"))
