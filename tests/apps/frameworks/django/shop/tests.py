from django.test import TestCase

from shop.models import Fruit


class FruitTest(TestCase):
    fixtures = ["fruits"]

    def test_page(self):
        self.assertContains(self.client.get("/"), "PEAR!")

    def test_count(self):
        self.assertEqual(Fruit.objects.count(), 2)
