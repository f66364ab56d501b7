"""Tasks in Celery with a broker in memory: a worker of the kind that is named, which stops when all is done."""

import sys
import threading

from celery import chain, chord, group
from celery.signals import worker_ready
from work.main import app
from work.tasks import add, fail, total, who


def use(sender):
    print(add.delay(1, 2).get(timeout=30), group(add.s(i, i) for i in range(3))().get(timeout=30))
    print(chain(add.s(1, 1), add.s(10))().get(timeout=30), chord([add.s(1, 2), add.s(3, 4)])(total.s()).get(timeout=30))
    result = fail.delay("on purpose")
    print(repr(result.get(timeout=30, propagate=False)), result.state, result.traceback.splitlines()[-1])
    print(who.apply_async(countdown=0.1).get(timeout=30), app.tasks["work.tasks.add"].name)
    app.control.shutdown()


@worker_ready.connect
def begin(sender, **kwargs):
    threading.Thread(target=use, args=(sender,)).start()


if __name__ == "__main__":
    if sys.argv[1] == "eager":
        app.conf.task_always_eager = True
        print(add.delay(1, 2).get(), group(add.s(i, i) for i in range(3))().get())
    else:
        app.worker_main(["worker", "--loglevel=WARNING", "--quiet", "--concurrency=2", *sys.argv[1:]])
