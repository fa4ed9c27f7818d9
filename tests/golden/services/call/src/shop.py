import smtplib
import click


@click.argument('to')
def greet(to: str) -> dict[str, str]:
    with smtplib.SMTP('mail.example') as server:
        server.sendmail('shop@example.com', to, 'hello')
    return {'to': to}
