import smtplib


def tell(to: str = "everybody", numbers: list[int] | None = None) -> None:
    with smtplib.SMTP("mail.example") as server:
        server.sendmail("shop@example.com", to, f"{numbers}")
