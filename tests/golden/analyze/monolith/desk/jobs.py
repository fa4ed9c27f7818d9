import smtplib
import time

from celery import Celery

from desk import tickets

app = Celery("desk")


@app.task
def remind(ticket):
    with smtplib.SMTP("localhost") as server:
        server.sendmail("desk@example.org", tickets.owner(ticket), "still open")


@app.task
def watch():
    while True:
        time.sleep(5)


@app.task
def recall(ticket):
    tickets.forget(ticket)
    remind.delay(ticket)
