from celery import Celery

app = Celery("work", broker="memory://", backend="cache+memory://", include=["work.tasks"])
app.conf.update(worker_hijack_root_logger=False, broker_connection_retry_on_startup=True, result_extended=True)
