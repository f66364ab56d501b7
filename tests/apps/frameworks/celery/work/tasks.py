from work.main import app


@app.task
def add(one, other):
    return one + other


@app.task
def total(numbers):
    return sum(numbers)


@app.task
def fail(why):
    raise ValueError(why)


@app.task(bind=True, max_retries=2)
def who(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return self.name, self.request.retries
