"""What an application load balancer bounds, each with its source; all read on 2026-11-26.

In: nothing. Out: numbers. What is said of the API reference stands below
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference, and in botocore's model of the service.
"""

from __future__ import annotations

from typing import Final

VALUES_PER_RULE: Final = 5
"""Values and regular expressions of all conditions together. Source:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html."""
VALUES_PER_CONDITION: Final = 3
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html."""
VALUE_LENGTH: Final = 128
"""Characters of a path, a host, a header's value, or a regular expression; source: PathPatternConditionConfig and its
siblings in the API reference."""
HEADER_NAME_LENGTH: Final = 40
"""Source: HttpHeaderConditionConfig in the API reference."""

LAST_PRIORITY: Final = 50_000
"""Source: CreateRule in the API reference; the first one is 1."""
RULES_PER_BALANCER: Final = 100
"""Without the default rules; can be raised. Source: as VALUES_PER_RULE."""

STICKY_S: Final = (1, 604_800)
"""Seconds, up to 7 days. Source: TargetGroupStickinessConfig in the API reference."""

RESOLUTION: Final = 0.2
"""Percent. A target group's weight is a whole number from 0 to 999 (source: TargetGroupTuple in the API reference);
500 is the most of them that divides 100 % into steps which people can write."""

TAG_LENGTH: Final = 256
"""Characters of a tag's value, which may be letters, digits, spaces and `_.:/=+-@`. Source: Tag in the API reference."""
TAGGED_PER_CALL: Final = 20
"""Rules of which one DescribeTags tells the tags. Source: DescribeTags in the API reference."""
