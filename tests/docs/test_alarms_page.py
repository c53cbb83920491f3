from __future__ import annotations

import re

from docs.generate import ROOT
from tests.template.project import project


def test_the_page_has_a_line_for_every_alarm_and_for_no_other() -> None:
    page = (ROOT / "docs" / "alarms.md").read_text()
    told = set(re.findall(r"^\| `(\w+Alarm)` \|", page, re.MULTILINE))
    assert told == set(project().of_type("AWS::CloudWatch::Alarm"))
