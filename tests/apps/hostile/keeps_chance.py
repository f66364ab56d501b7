import random

CHANCE = [random.random() for _ in range(3)]
