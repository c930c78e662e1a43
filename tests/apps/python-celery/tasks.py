from celery import Celery

queue = Celery("shop", broker="memory://")
queue.conf.beat_schedule = {"hourly": {"task": "tasks.add", "schedule": 3600.0, "args": (1, 1)}}


@queue.task
def add(x, y):
    return x + y
