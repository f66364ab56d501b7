from django.core.management.base import BaseCommand, CommandError

from shop.models import Fruit


class Command(BaseCommand):
    help = "Put a fruit in stock."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("price", type=float)

    def handle(self, *args, name, price, **options):
        if price < 0:
            raise CommandError("too cheap")
        fruit, created = Fruit.objects.update_or_create(name=name, defaults={"price": price})
        self.stdout.write(self.style.SUCCESS(f"{fruit} {created}"))
