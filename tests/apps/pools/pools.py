"""Processes that the program starts of itself: `pools.py METHOD` tries all of it with one way to start them."""

import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import Enum
from multiprocessing import shared_memory

LEVEL = 1


class Colour(Enum):
    RED = 1


@dataclass(frozen=True)
class Task:
    """A class of `__main__` whose objects go there and back."""

    number: int
    colour: Colour = Colour.RED

    def run(self):
        return Task(self.number * 2)


class Failure(Exception):
    pass


def work(task):
    return task.run(), __name__, LEVEL, task.colour is Colour.RED


def fail(number):
    raise Failure(number)


def start(counter):
    global LEVEL
    LEVEL = counter.value


def child(queue, lock, array):
    with lock:
        array[0] += 1
    queue.put((Task(5), multiprocessing.current_process().name, multiprocessing.parent_process().pid, os.getppid()))
    queue.put([sys.argv[1:], hasattr(sys, "ps1"), sys.flags.optimize, sorted(sys.warnoptions)])


def write_shared(name):
    block = shared_memory.SharedMemory(name)
    block.buf[:5] = b"there"
    block.close()


def nested(depth):
    if depth:
        with ProcessPoolExecutor(1, multiprocessing.get_context(multiprocessing.get_start_method())) as pool:
            return 1 + pool.submit(nested, depth - 1).result()
    return 0


def try_all(method):
    context = multiprocessing.get_context(method)

    with context.Pool(2, start, (context.Value("i", 7),)) as pool:
        print(pool.map(work, [Task(1), Task(2)]))
        try:
            pool.apply(fail, (3,))
        except Failure as error:
            print("failed", error, type(error.__cause__).__name__)

    queue, lock, array = context.Queue(), context.Lock(), context.Array("i", 1)
    process = context.Process(target=child, args=(queue, lock, array), name="a child")
    process.start()
    task, name, parent, real_parent = queue.get()
    print(task, name, parent == os.getpid(), real_parent == os.getpid() or method == "forkserver")
    print(queue.get())
    process.join()
    print(process.exitcode, array[0])

    for code in (0, 3, "text"):
        process = context.Process(target=sys.exit, args=(code,))
        process.start()
        process.join()
        print("exit", process.exitcode)
    process = context.Process(target=signal.pause)
    process.start()
    process.terminate()
    process.join()
    print("terminated", process.exitcode)

    block = shared_memory.SharedMemory(create=True, size=16)
    process = context.Process(target=write_shared, args=(block.name,))
    process.start()
    process.join()
    print(bytes(block.buf[:5]))
    block.close()
    block.unlink()

    with context.Manager() as manager:
        shared = manager.dict(a=1)
        process = context.Process(target=shared.update, args=({"b": Task(9)},))
        process.start()
        process.join()
        print(dict(shared))

    with ProcessPoolExecutor(2, context) as executor:
        print(list(executor.map(work, [Task(3), Task(4)])))
        print(repr(executor.submit(fail, 1).exception()))
        print(executor.submit(os.getenv, "MARKED").result(), executor.submit(os.getcwd).result() == os.getcwd())
        print(executor.submit(os.getenv, "BUNDLE_AS_PYTHON").result())
        print("nested", executor.submit(nested, 1).result())


def leak():
    """A block that nobody removes: the resource tracker does, and says so."""
    shared_memory.SharedMemory("leaked-by-pools", create=True, size=16)
    print("leaked", flush=True)


def use_joblib():
    """loky starts its workers in ways of its own."""
    from joblib import Parallel, delayed

    print(Parallel(n_jobs=2)(delayed(pow)(number, 2) for number in range(4)))
    print(Parallel(n_jobs=2)(delayed(lambda task: task.run())(Task(number)) for number in range(2)))
    print(Parallel(n_jobs=2, backend="multiprocessing")(delayed(pow)(number, 3) for number in range(4)))


class Parcel:
    """A class of `__main__` that dill can pickle: it cannot take an Enum apart."""

    def __init__(self, weight):
        self.weight = weight


def weigh(parcel):
    return Parcel(parcel.weight * 2).weight, __name__, LEVEL


def deliver(queue, lock, array):
    with lock:
        array[0] += 1
    queue.put(Parcel(5))


def use_multiprocess():
    """A fork of multiprocessing that pickles with dill, lambdas too."""
    import multiprocess
    from multiprocess import shared_memory

    for method in ("spawn", "forkserver", "fork"):
        context = multiprocess.get_context(method)
        with context.Pool(2, start, (context.Value("i", 8),)) as pool:
            print(pool.map(weigh, [Parcel(1), Parcel(2)]), pool.map(lambda number: number + 1, [3]))
            try:
                pool.apply(fail, (3,))
            except Exception as error:  # of a class that dill made anew
                print(type(error).__name__, error)
        queue, lock, array = context.Queue(), context.Lock(), context.Array("i", 1)
        process = context.Process(target=deliver, args=(queue, lock, array), name="a child")
        process.start()
        print(queue.get().weight)
        process.join()
        print(process.exitcode, array[0])
        with context.Manager() as manager:
            print(dict(manager.dict(a=9)))
        block = shared_memory.SharedMemory(create=True, size=16)
        block.close()
        block.unlink()


if __name__ == "__main__":
    os.environ["MARKED"] = "inherited"
    if sys.argv[1] == "leak":
        leak()
    elif sys.argv[1] == "joblib":
        use_joblib()
    elif sys.argv[1] == "multiprocess":
        use_multiprocess()
    else:
        multiprocessing.set_start_method(sys.argv[1])
        try_all(sys.argv[1])
