"""Keeps the order of a set of objects, which their addresses decide: each start of Python may have another."""


class Item:
    def __init__(self, number):
        self.number = number


ORDER = [item.number for item in {Item(number) for number in range(60)}]
