"""What an application load balancer bounds, from `load_balancers.toml`.

In: nothing. Out: numbers; the file has the source of each.
"""

from __future__ import annotations

from typing import Final

from migrator.cloud_facts.facts import least, most

VALUES_PER_RULE: Final = most("load_balancers.values_per_rule")
"""Values and regular expressions of all conditions together."""
VALUES_PER_CONDITION: Final = most("load_balancers.values_per_condition")
VALUE_LENGTH: Final = most("load_balancers.value_chars")
"""Characters of a path, a host, a header's value, or a regular expression."""
HEADER_NAME_LENGTH: Final = most("load_balancers.header_name_chars")

LAST_PRIORITY: Final = most("load_balancers.priority")
"""The first one is 1."""
RULES_PER_BALANCER: Final = most("load_balancers.rules")
"""Without the default rules; can be raised."""

STICKY_S: Final = (least("load_balancers.sticky_s"), most("load_balancers.sticky_s"))
"""Seconds, up to 7 days."""

RESOLUTION: Final = 0.2
"""Percent. A target group's weight is a whole number up to `load_balancers.weight`, 999; 500 is the most of them that
divides 100 % into steps which people can write."""

TAG_LENGTH: Final = most("load_balancers.tag_chars")
"""Characters of a tag's value, which may be letters, digits, spaces and `_.:/=+-@`."""
TAGGED_PER_CALL: Final = most("load_balancers.tagged_per_call")
"""Rules of which one DescribeTags tells the tags."""
