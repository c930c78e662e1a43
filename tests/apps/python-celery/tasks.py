from pathlib import Path

from celery import Celery

FOLDER = Path("/tmp/broker")  # what the worker and whoever asks it share
FOLDER.mkdir(exist_ok=True)

queue = Celery("shop", broker="filesystem://")
queue.conf.broker_transport_options = {
    "data_folder_in": FOLDER,
    "data_folder_out": FOLDER,
    "control_folder": FOLDER,
    "polling_interval": 0.1,  # seconds
}
queue.conf.beat_schedule = {"hourly": {"task": "tasks.add", "schedule": 3600.0, "args": (1, 1)}}


@queue.task
def add(x, y):
    return x + y
