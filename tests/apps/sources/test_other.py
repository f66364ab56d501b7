import unittest

import other


class Test(unittest.TestCase):
    def test_right(self):
        self.assertEqual(other.double(2), 4)

    def test_wrong(self):
        self.assertEqual(
            other.double(2),
            5,
        )
