"""What the collector and reference counts say of recorded objects, and what happens when they die."""

import copy
import gc
import sys
import weakref

import collected


def listed():
    """Does the collector know recorded objects, before and after it ran?"""
    objects = (collected, collected.function, collected.Base, collected.cycle, vars(collected), collected.closure)
    for _ in range(2):
        known = {id(each) for each in gc.get_objects()}
        print([gc.is_tracked(each) for each in objects], [id(each) in known for each in objects])
        print(any(each is vars(collected) for each in gc.get_referrers(collected.function)))
        gc.collect()


def counted():
    """How many references are there to recorded objects?"""
    objects = (collected.function, collected.closure, collected.cycle, collected.iterators, collected.table)
    print([sys.getrefcount(each) for each in objects])
    kept = [collected.function] * 10
    print([sys.getrefcount(each) for each in objects], len(kept))


def changed():
    """Do methods that write into an object which nobody else has leave recorded ones as they are?"""
    text = collected.text
    text += "added"
    data = collected.data
    data += b"d"
    number, fraction = collected.numbers
    number += 1
    fraction *= 2
    pair = collected.pair
    pair += (1,)
    print(text, data, number, fraction, pair)
    print(collected.text, collected.data, collected.numbers, collected.pair, sorted(collected.frozen), collected.table)
    for each in collected.iterators:
        first = next(each)
        print(first, next(each), first, list(each), first)
    print(copy.copy(collected.pair) is collected.pair, sys.intern(collected.text) is sys.intern("some" + text[4:8]))
    print(collected.text.replace("s", "s"), "%s" % collected.text, collected.text.encode(), hash(collected.text) == hash(text[:8]))


def died():
    """What dies, when?"""
    for name in ("function", "closure", "frozen", "Derived"):
        weakref.finalize(getattr(collected, name), print, name, "is gone")
    print(collected.Base.__subclasses__())
    for name in ("function", "closure", "frozen", "Derived", "cycle"):
        delattr(collected, name)
        print("deleted:", name)
    print(gc.collect() > 0, collected.Base.__subclasses__())


def unloaded():
    """Is a module gone, with all that it holds, when nobody refers to it?"""
    global collected
    weakref.finalize(collected, print, "the module is gone")
    weakref.finalize(collected.Base, print, "its class is gone")
    weakref.finalize(collected.function, print, "its function is gone")
    del sys.modules["collected"], collected
    print(gc.collect() > 0, gc.garbage)


def left_alone():
    """How many objects does the collector leave alone?"""
    gc.collect()  # 3.12 counts immortal objects once it has met them, which python does at its start
    before = gc.get_freeze_count()
    gc.collect()
    print(gc.get_freeze_count() - before)
    gc.freeze()
    print(gc.get_freeze_count() > 1000)
    gc.unfreeze()
    print(gc.get_freeze_count())


if __name__ == "__main__":
    globals()[sys.argv[1]]()
