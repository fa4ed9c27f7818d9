"""Check digits: EAN-13, ISO 7064, Luhn, and the letters on our order references."""

from __future__ import annotations

REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ean13(digits: str) -> int:
    """The 13th digit for the first twelve."""
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits[:12]))
    return -total % 10


def luhn(digits: str) -> int:
    """The digit that, appended, makes the number pass the Luhn test."""
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char)
        if index % 2 == 0:
            value *= 2
            if value > 9:
                value -= 9
        total += value
    return -total % 10


def iso7064_mod11_10(digits: str) -> int:
    product = 10
    for char in digits:
        total = (int(char) + product) % 10 or 10
        product = (2 * total) % 11
    return (11 - product) % 10


def iso7064_mod97(text: str) -> int:
    """Remainder mod 97 with letters counted as 10 to 35 (IBAN)."""
    return int("".join(str(int(char, 36)) for char in text)) % 97


def base32(number: int, width: int) -> str:
    """Crockford's base 32 without a check symbol, cut to the last `width` characters."""
    chars = []
    for _ in range(width):
        number, rest = divmod(number, 32)
        chars.append(REFERENCE_ALPHABET[rest])
    return "".join(reversed(chars))
